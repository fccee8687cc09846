// The address book's page.
import type Router from '@koa/router';
import { countryChoices } from '../checkout/present.ts';
import type { AppContext, AppState } from '../http/context.ts';
import type { Problems } from '../http/errors.ts';
import { formModel } from '../http/forms.ts';
import { check, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { sayIfKnown } from '../http/messages.ts';
import type { MessageKey } from '../http/messages.ts';
import { bodyOf, param, seeOther } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { requireUser } from '../session/session.ts';
import type { SavedAddress } from './account.ts';
import type { AddressBook } from './address-book.ts';
import { address } from './schema.ts';

export interface AddressRouteDeps extends Pages {
  readonly addresses: AddressBook;
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
  const saved = await deps.addresses.list(ctx);
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

function say(ctx: AppContext, done: MessageKey): void {
  setFlash(ctx, 'success', sayTo(ctx, done));
  seeOther(ctx, PAGE);
}

async function add(ctx: AppContext, deps: AddressRouteDeps): Promise<void> {
  requireUser(ctx);
  const form = check(address, bodyOf(ctx));
  if (!form.ok) return show(ctx, deps, form.problems);
  const added = await deps.addresses.add(ctx, form.value);
  if (added === undefined) return show(ctx, deps, { '': ['address.full'] });
  say(ctx, 'address.added');
}

export function addressRoutes(deps: AddressRouteDeps): Router<AppState> {
  const router = createRouter();
  /** One that is not there any more is as the shopper wants it. */
  const change = (done: MessageKey, work: AddressBook['prefer']) => {
    return async (ctx: AppContext): Promise<void> => {
      await work(ctx, param(ctx, 'id'));
      say(ctx, done);
    };
  };
  router.get('addresses', PAGE, (ctx) => show(ctx, deps));
  router.post(PAGE, (ctx) => add(ctx, deps));
  router.post(`${PAGE}/:id/remove`, change('address.removed', deps.addresses.remove));
  router.post(`${PAGE}/:id/prefer`, change('account.saved', deps.addresses.prefer));
  return router;
}
