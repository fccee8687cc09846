// The OpenAPI document says what the routers do: no operation is missing, none is only on paper.
import { expect } from 'chai';
import type Router from '@koa/router';
import { accountApi } from '../../../app/account/api.ts';
import { ownApi } from '../../../app/account/own-api.ts';
import { resetApi } from '../../../app/account/reset-api.ts';
import { cartApi } from '../../../app/cart/api.ts';
import { catalogApi } from '../../../app/catalog/api.ts';
import { orderApi } from '../../../app/checkout/api.ts';
import type { AppState } from '../../../app/http/context.ts';
import { API_PREFIX, openApiDocument } from '../../../app/openapi/document.ts';
import { staffApi } from '../../../app/staff/api.ts';

/** Routers only keep what they are given; none of it is called here. */
const nothing = {} as never;
const routers: readonly Router<AppState>[] = [
  catalogApi(nothing),
  cartApi(nothing),
  accountApi(nothing, nothing),
  ownApi(nothing),
  resetApi(nothing),
  orderApi(nothing),
  staffApi(nothing, nothing),
];

function routed(): string[] {
  return routers
    .flatMap((router) => router.stack)
    .flatMap(({ methods, path }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map(
          (method) =>
            `${method} ${String(path)
              .replace(/\/$/, '')
              .replace(/:(\w+)/g, '{$1}')}`,
        ),
    )
    .sort();
}

describe('the OpenAPI document', () => {
  const document = openApiDocument('sid');
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => [path, item as object] as const);

  it('has exactly the operations of the routers', () => {
    const documented = paths.flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).to.deep.equal(routed());
  });

  it('is of version 3.1 and names every path under the API', () => {
    expect(document.openapi).to.equal('3.1.0');
    for (const [path] of paths) expect(path.startsWith(`${API_PREFIX}/`), path).to.equal(true);
  });

  it('answers every refusal as a problem', () => {
    const answers = paths.flatMap(([, item]) =>
      Object.values(item).flatMap((operation) =>
        Object.entries((operation as { responses: Record<string, { content?: object }> }).responses),
      ),
    );
    const refusals = answers.filter(([status]) => Number(status) >= 400);
    expect(refusals).to.not.have.length(0);
    for (const [status, { content }] of refusals) {
      expect(Object.keys(content ?? {}), status).to.deep.equal(['application/problem+json']);
    }
  });

  it('knows the limits the schemas check', () => {
    const text = JSON.stringify(document);
    expect(text).to.include('"maximum":10').and.include('"minLength":10');
    expect(text).to.not.include('undefined');
  });
});
