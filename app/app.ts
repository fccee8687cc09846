// The composition: which middleware comes after which, and which routes there are. Everything is passed in;
// nothing here opens a connection.
//
// The order matters. Request id, log and metrics see everything; who cannot be served in time is refused; visitors who
// are nobody yet get a kept answer; errors become pages inside them; files and pictures are answered before any store is
// asked; the session is read once, before the body; forms from other sites are refused before a handler runs.
import Koa from 'koa';
import { accountApi } from './account/api.ts';
import { createAddressBook } from './account/address-book.ts';
import { addressRoutes } from './account/address-routes.ts';
import { ownApi } from './account/own-api.ts';
import { ownRoutes } from './account/own-routes.ts';
import { createProfiles } from './account/profile.ts';
import { resetApi } from './account/reset-api.ts';
import { resetRoutes } from './account/reset-routes.ts';
import { accountRoutes } from './account/routes.ts';
import { createAccounts } from './account/service.ts';
import { cartApi } from './cart/api.ts';
import { foreseeChange } from './cart/foreseen.ts';
import { createMerge } from './cart/merge.ts';
import { cartRoutes } from './cart/routes.ts';
import { cartTickets } from './cart/ticket.ts';
import { createCarts } from './cart/service.ts';
import { catalogApi } from './catalog/api.ts';
import { catalogRoutes } from './catalog/routes.ts';
import type { Announcer } from './catalog/announcer.ts';
import type { Catalog } from './catalog/service.ts';
import { orderApi } from './checkout/api.ts';
import type { PaymentProvider } from './checkout/payment.ts';
import { createHolds } from './checkout/holds.ts';
import { createKeptForm } from './checkout/kept-form.ts';
import { createPrefill } from './checkout/prefill.ts';
import { checkoutRoutes } from './checkout/routes.ts';
import { createCheckout } from './checkout/service.ts';
import type { Config } from './config/env.ts';
import type { LoopWatch } from './http/admission.ts';
import { createAssets } from './http/assets.ts';
import type { Assets } from './http/assets.ts';
import { readBody } from './http/body.ts';
import type { AppState } from './http/context.ts';
import { createCookieKeys } from './http/cookie-keys.ts';
import { createLimits } from './http/limits.ts';
import { admissionMiddleware } from './http/middleware/admission.ts';
import type { AdmissionSettings } from './http/middleware/admission.ts';
import { compressMiddleware } from './http/middleware/compress.ts';
import { errorsMiddleware } from './http/middleware/errors.ts';
import { newcomersMiddleware } from './http/middleware/newcomers.ts';
import type { NewcomersSettings } from './http/middleware/newcomers.ts';
import { piecesMiddleware } from './http/middleware/pieces.ts';
import { preferencesMiddleware } from './http/middleware/preferences.ts';
import { identifyMiddleware, requestMiddleware } from './http/middleware/request.ts';
import { refuseCrossSite, securityHeaders } from './http/middleware/security.ts';
import type { Pages } from './http/pages.ts';
import { preferencesRoutes } from './http/preferences-routes.ts';
import { refuseOtherMethods } from './http/methods.ts';
import { createPage } from './http/render.ts';
import type { Page } from './http/render.ts';
import { noteIfUnsigned } from './http/signed-cookie.ts';
import { translator } from './locales/translate.ts';
import { openApiRoutes } from './openapi/document.ts';
import { orderRoutes } from './orders/routes.ts';
import { createOrders } from './orders/service.ts';
import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';
import type { Database } from './platform/pg.ts';
import type { AppRedis } from './platform/redis.ts';
import { catalogue, categories } from './seed/catalogue.ts';
import { pictureSource } from './catalog/pictures.ts';
import { createSealer } from './session/sealed.ts';
import { sessionCookieName } from './session/middleware.ts';
import { userIfKnown } from './session/session.ts';
import type { Strategy } from './session/strategy.ts';
import { staffApi } from './staff/api.ts';
import { staffRoutes } from './staff/routes.ts';
import { createStaff } from './staff/service.ts';

export interface AppDeps {
  readonly config: Config;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly db: Database;
  readonly redis: AppRedis;
  readonly strategy: Strategy;
  readonly catalog: Catalog;
  readonly announcer: Announcer;
  /** Rises with every change of the catalogue that this process hears of; null while it hears of none. */
  readonly edition: () => number | null;
  readonly payment: PaymentProvider;
  readonly assetsDirectory: string;
  readonly isDraining: () => boolean;
  /** How late the event loop comes to its work, and how many ask for it. */
  readonly loop: Pick<LoopWatch, 'note' | 'last'>;
}

const LARGEST_BODY = '32kb';

interface Common extends Pages {
  readonly catalog: Catalog;
  readonly categories: typeof categories;
}

function routesOf(deps: AppDeps, common: Common) {
  const { db, metrics, announcer, payment } = deps;
  const { cartStore, sessions } = deps.strategy;
  const limits = createLimits({
    redis: deps.redis,
    scale: deps.config.SHOP_RATE_LIMIT_SCALE,
    refused: (reason) => metrics.refused.inc({ reason }),
  });
  const holds = createHolds(db, announcer);
  const merge = createMerge(cartStore, holds.follow);
  const { catalog } = common;
  const carts = createCarts({ store: cartStore, merge, catalog, metrics, ownHolds: holds.own });
  const accounts = createAccounts({ db, mergeCarts: merge, limits });
  const profiles = createProfiles({ db, cartStore, limits, sessions });
  const orders = createOrders(db, announcer);
  const staff = createStaff(db, announcer);
  const addresses = createAddressBook(db);
  const keptForm = createKeptForm(createSealer(deps.config.sessionKeys, 'checkout'), countTampered(deps));
  const checkout = createCheckout({ db, cartStore, payment, metrics, limits, announcer });
  return [
    catalogRoutes(common),
    cartRoutes({ ...common, carts }),
    checkoutRoutes({ ...common, carts, checkout, holds, keptForm, prefill: createPrefill(db) }),
    orderRoutes({ ...common, orders, cartStore }),
    accountRoutes({ ...common, accounts, limits }),
    ownRoutes({ ...common, profiles, sessions }),
    addressRoutes({ ...common, addresses }),
    resetRoutes({ ...common, profiles, sessions, limits }),
    staffRoutes({ ...common, db, staff }),
    preferencesRoutes(),
    catalogApi(common.catalog),
    cartApi(carts),
    accountApi(accounts, limits),
    ownApi({ addresses, profiles, sessions }),
    resetApi({ profiles, sessions, limits }),
    orderApi({ db, checkout, orders }),
    staffApi(db, staff),
    openApiRoutes(sessionCookieName(deps.config.SHOP_SECURE_COOKIES)),
  ];
}

function admissionOf({ config, metrics, loop }: AppDeps): AdmissionSettings {
  return {
    maxInFlight: config.SHOP_MAX_IN_FLIGHT,
    maxDelayMs: config.SHOP_MAX_LOOP_DELAY_MS,
    loop,
    sessionCookie: sessionCookieName(config.SHOP_SECURE_COOKIES),
    secure: config.SHOP_SECURE_COOKIES,
    refused: () => metrics.refused.inc({ reason: 'overload' }),
  };
}

function newcomersOf({ edition, metrics }: AppDeps): NewcomersSettings {
  const reads = (outcome: 'hit' | 'miss') => metrics.cacheReads.of({ cache: 'newcomer', outcome });
  return {
    edition,
    read: { hit: reads('hit'), miss: reads('miss') },
    nowMs: () => performance.now(),
  };
}

function countTampered({ metrics, log }: AppDeps) {
  return (cookie: string): void => {
    metrics.refused.inc({ reason: 'tampered-cookie' });
    log.warn({ name: cookie }, 'a cookie that we did not make was ignored');
  };
}

/** The body comes behind the session, but where it tells what can be sent together with the reading of the session. */
function useSession(
  app: Koa<AppState>,
  { config, strategy, catalog }: AppDeps,
  body: ReturnType<typeof readBody>,
): void {
  const isSealed = config.SHOP_SESSION_STRATEGY === 'cookie';
  if (!isSealed) app.use(noteIfUnsigned(sessionCookieName(config.SHOP_SECURE_COOKIES)));
  if (strategy.foresees) app.use(foreseeChange(catalog, body));
  app.use(strategy.session(app));
  app.use(body);
}

function pageOf({ config, assetsDirectory }: AppDeps, assets: Assets): Page {
  return createPage({
    viewsDirectory: `${assetsDirectory}/views`,
    cache: true,
    translator,
    assetUrl: assets.url,
    categories,
    userOf: (ctx) => {
      const user = userIfKnown(ctx);
      return user && { name: user.name, staff: user.role === 'staff' };
    },
    pod: config.POD_NAME,
    sessionStrategy: config.SHOP_SESSION_STRATEGY,
  });
}

export function createApp(deps: AppDeps): Koa<AppState> {
  const { config, log, metrics } = deps;
  const app = new Koa<AppState>({
    proxy: config.SHOP_PROXY_COUNT > 0,
    maxIpsCount: config.SHOP_PROXY_COUNT,
  });
  app.keys = createCookieKeys(config.sessionKeys, countTampered(deps));
  app.on('error', (error) => log.error({ err: error as unknown }, 'koa'));
  const assets = createAssets(`${deps.assetsDirectory}/public`, pictureSource(catalogue, categories));
  const page = pageOf(deps, assets);
  const { POD_NAME: pod, SHOP_REQUEST_DEADLINE_MS: deadlineMs } = config;
  app.use(requestMiddleware({ log, metrics, pod, deadlineMs, isDraining: deps.isDraining }));
  app.use(admissionMiddleware(admissionOf(deps)));
  app.use(newcomersMiddleware(newcomersOf(deps)));
  app.use(identifyMiddleware);
  app.use(piecesMiddleware);
  app.use(compressMiddleware);
  const body = readBody({ limit: LARGEST_BODY });
  app.use(errorsMiddleware(page, body));
  app.use(securityHeaders(config.SHOP_SECURE_COOKIES));
  app.use(assets.middleware);
  app.use(preferencesMiddleware());
  app.use(refuseCrossSite(config.SHOP_PUBLIC_URL, () => metrics.refused.inc({ reason: 'cross-site' })));
  app.use(cartTickets);
  useSession(app, deps, body);
  const common = { page, pictureUrl: assets.pictureUrl, catalog: deps.catalog, categories };
  for (const router of routesOf(deps, common)) app.use(router.routes());
  app.use(refuseOtherMethods());
  return app;
}
