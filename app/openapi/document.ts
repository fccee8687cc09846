// The OpenAPI 3.1 document, generated from the schemas the handlers check with, and the route that serves it.
import type Router from '@koa/router';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import type { AppState } from '../http/context.ts';
import { createRouter } from '../http/router.ts';
import { operations } from './operations.ts';
import type { Operation } from './operations.ts';

export const API_PREFIX = '/api/v1';

function pathsOf(all: readonly Operation[]): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, Operation['detail']>> = {};
  for (const { method, path, detail } of all) {
    paths[API_PREFIX + path] = { ...paths[API_PREFIX + path], [method]: detail };
  }
  return paths;
}

export function openApiDocument(cookieName: string) {
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'MyClothes',
      version: '1',
      description:
        'The shop for programs. The session is the browser’s cookie; errors are problem+json (RFC 9457).',
    },
    paths: pathsOf(operations),
    components: { securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: cookieName } } },
  });
}

export function openApiRoutes(cookieName: string): Router<AppState> {
  // Made when somebody asks: few do, and making it takes 3 MiB.
  let text: string | undefined;
  const router = createRouter();
  router.get('openapi', `${API_PREFIX}/openapi.json`, (ctx) => {
    ctx.type = 'application/json';
    // Not for caches in between: a session may be renewed by any answer.
    ctx.set('Cache-Control', 'private, max-age=300');
    ctx.body = text ??= JSON.stringify(openApiDocument(cookieName));
  });
  return router;
}
