// The address book's page.
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import { readOptions } from '../catalog/service.ts';
import { countryChoices } from '../checkout/present.ts';
import type { AppContext, AppState } from '../http/context.ts';
import type { Problems } from '../http/errors.ts';
import { formModel } from '../http/forms.ts';
import { check, typed } from '../http/input.ts';
import { rememberWrite, setFlash } from '../http/middleware/preferences.ts';
import { sayIfKnown } from '../http/messages.ts';
import type { MessageKey } from '../http/messages.ts';
import { bodyOf, param, seeOther } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { isUuid } from '../platform/uuid.ts';
import { requireUser } from '../session/session.ts';
import type { SavedAddress } from './account.ts';
import { insertAddress, listAddresses, preferAddress, removeAddress } from './addresses.ts';
import { accountGone } from './gone.ts';
import { address } from './schema.ts';

export interface AddressRouteDeps extends Pages {
  readonly db: Database;
}

const PAGE = '/account/addresses';
const FIELDS = ['name', 'street', 'postcode', 'city', 'country'] as const;

function linesOf(ctx: AppContext, { name, street, postcode, city, country }: SavedAddress): string[] {
  return [
    name,
    street,
    `${postcode} ${city}`,
    sayIfKnown(ctx.state.language, `country.${country}`) ?? country,
  ];
}

async function show(ctx: AppContext, deps: AddressRouteDeps, problems?: Problems): Promise<void> {
  const { id } = requireUser(ctx);
  const saved = await deps.db.read((q) => listAddresses(q, id), readOptions(ctx));
  const values = typed(problems === undefined ? {} : bodyOf(ctx), FIELDS);
  const model = {
    addresses: saved.map((one, index) => ({
      lines: linesOf(ctx, one),
      preferred: index === 0,
      removeAction: `${PAGE}/${one.id}/remove`,
      preferAction: `${PAGE}/${one.id}/prefer`,
    })),
    form: formModel(ctx, PAGE, values, problems),
    countries: countryChoices(ctx.state.language, values.country === '' ? 'DE' : values.country),
  };
  const status = problems === undefined ? 200 : 422;
  deps.page(ctx, 'addresses', model, { title: sayTo(ctx, 'title.addresses'), status });
}

async function write<T>(
  ctx: AppContext,
  deps: AddressRouteDeps,
  work: (q: Querier) => Promise<T>,
): Promise<T> {
  const { value, lsn } = await deps.db.transaction(work, ctx.state.deadline);
  rememberWrite(ctx, lsn);
  return value;
}

function say(ctx: AppContext, done: MessageKey): void {
  setFlash(ctx, 'success', sayTo(ctx, done));
  seeOther(ctx, PAGE);
}

async function add(ctx: AppContext, deps: AddressRouteDeps): Promise<void> {
  const user = requireUser(ctx);
  const form = check(address, bodyOf(ctx));
  if (!form.ok) return show(ctx, deps, form.problems);
  const saved = { ...form.value, id: randomUUID() };
  const outcome = await write(ctx, deps, (q) => insertAddress(q, user.id, saved));
  if (outcome === 'no-account') throw accountGone(ctx);
  if (outcome === 'full') return show(ctx, deps, { '': ['address.full'] });
  say(ctx, 'address.added');
}

export function addressRoutes(deps: AddressRouteDeps): Router<AppState> {
  const router = new Router<AppState>();
  const change = (done: MessageKey, work: (q: Querier, user: string, id: string) => Promise<number>) => {
    return async (ctx: AppContext): Promise<void> => {
      const user = requireUser(ctx);
      const id = param(ctx, 'id');
      await write(ctx, deps, (q) => (isUuid(id) ? work(q, user.id, id) : Promise.resolve(0)));
      say(ctx, done);
    };
  };
  router.get('addresses', PAGE, (ctx) => show(ctx, deps));
  router.post(PAGE, (ctx) => add(ctx, deps));
  router.post(`${PAGE}/:id/remove`, change('address.removed', removeAddress));
  router.post(`${PAGE}/:id/prefer`, change('account.saved', preferAddress));
  return router;
}
