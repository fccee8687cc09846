// A SessionStore as koa-session wants it. It promises: a store that is away makes a session *unknown*, never new; a
// write happens only on the version that was read, or merged into the newer one; a session that ended stays ended.
import { hash } from 'node:crypto';
import { countPieces } from '../cart/cart.ts';
import type { CartStore } from '../cart/cart.ts';
import { holderWithoutSession } from '../cart/ticket.ts';
import type { AppContext } from '../http/context.ts';
import { unavailable } from '../http/errors.ts';
import { remainingMs } from '../platform/deadline.ts';
import { StoreUnavailable } from '../platform/store-unavailable.ts';
import { mergeSession } from './record.ts';
import type { StoredSession } from './record.ts';
import type { SessionRecord, SessionStore, SessionWrite } from './store.ts';

export interface KoaSessionStore {
  get(id: string, maxAgeMs: number, options: { ctx: AppContext }): Promise<StoredSession | undefined>;
  set(id: string, data: StoredSession, maxAgeMs: number, options: { ctx: AppContext }): Promise<void>;
  destroy(id: string, options: { ctx: AppContext }): Promise<void>;
}

const NEW: SessionRecord = { version: 0, data: {} };
const MERGE_TRIES = 3;
/** Kept back from the request's time, to still render an answer. */
const RESERVE_MS = 1_000;

export function hashOf(id: string): string {
  return hash('sha256', id, 'base64url');
}

export function patienceOf(ctx: AppContext): number {
  return remainingMs(ctx.state.deadline) - RESERVE_MS;
}

/** A planned switch of Redis' master is over by then. */
const CART_PATIENCE_MS = 1_000;

/**
 * Pages that can be shown without knowing the visitor do not wait for a store that is away; the cart, which is found
 * by the browser's ticket then, waits a moment.
 */
function readPatience(ctx: AppContext): number {
  const browsing =
    ctx.method === 'GET' && /^\/($|category\/|search$|products\/|api\/v1\/products)/.test(ctx.path);
  if (browsing) return 0;
  const hasCart = /^(\/api\/v1)?\/cart(\/|$)/.test(ctx.path);
  const isKnown = hasCart && holderWithoutSession(ctx.state.cartTicket, Date.now()) !== null;
  return isKnown ? Math.min(CART_PATIENCE_MS, patienceOf(ctx)) : patienceOf(ctx);
}

/** Pages and calls that look at the whole cart, which then comes in the same trip. */
const LOOKS_AT_CART = /^(\/api\/v1)?\/(cart|checkout|orders)$/;

export interface KoaStoreParts {
  readonly store: SessionStore;
  /** Asked for the size of a session's cart where the session comes without it. */
  readonly cartStore: Pick<CartStore, 'read'>;
  readonly event: (name: string) => void;
  /**
   * Sends the change this request will surely ask for, before its session is known, and resolves with the session that
   * came back with it, if one did. Undefined when there is nothing to send.
   */
  readonly foresee?: (ctx: AppContext, key: string) => Promise<SessionRecord | undefined> | undefined;
}

/** Compared with when the request writes. */
function remember(ctx: AppContext, id: string, read: SessionRecord): void {
  ctx.state.sessionsRead ??= new Map();
  ctx.state.sessionsRead.set(id, read);
}

interface Write {
  readonly ctx: AppContext;
  readonly id: string;
  readonly lifeMs: number;
}

async function writeMerging(
  deps: KoaStoreParts,
  { ctx, id, lifeMs }: Write,
  data: StoredSession,
): Promise<void> {
  const key = hashOf(id);
  let base = ctx.state.sessionsRead?.get(id) ?? NEW;
  let mine = data;
  for (let tries = 0; tries < MERGE_TRIES; tries += 1) {
    const { version } = base;
    const outcome = await deps.store.write(key, { version, data: mine, lifeMs }, patienceOf(ctx));
    if (outcome === 'stored') {
      remember(ctx, id, { version: version + 1, data: mine });
      return;
    }
    // Logged out meanwhile: the session stays gone and this answer goes out without it.
    if (outcome === 'ended') {
      deps.event('write-after-end');
      return;
    }
    deps.event('merged');
    const theirs = (await deps.store.read(key, 0)) ?? NEW;
    mine = mergeSession(base.data, mine, theirs.data);
    base = theirs;
  }
  throw unavailable();
}

/** What koa-session writes beside ours. */
const ITS_OWN: readonly string[] = ['_expire', '_maxAge'];

/** Whether nothing but its end was moved, which koa-session does once half of its time is over. */
function isRenewal(read: StoredSession, data: StoredSession): boolean {
  const fields = new Set([...Object.keys(read), ...Object.keys(data)]);
  return [...fields].every((field) => ITS_OWN.includes(field) || read[field] === data[field]);
}

/** The next request does it just as well: where the store takes no writes, a page that is done must not wait for one. */
async function renew({ store, event }: KoaStoreParts, id: string, renewed: SessionWrite): Promise<void> {
  try {
    await store.write(hashOf(id), renewed, 0);
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    event('not-renewed');
  }
}

async function countOf(
  deps: KoaStoreParts,
  read: SessionRecord | undefined,
  ctx: AppContext,
): Promise<number> {
  const holder = read?.data.cart;
  if (holder === undefined) return 0;
  return read?.cartCount ?? countPieces(await deps.cartStore.read(holder, ctx.state));
}

async function readSession(
  deps: KoaStoreParts,
  ctx: AppContext,
  key: string,
): Promise<SessionRecord | undefined> {
  const patienceMs = readPatience(ctx);
  const sent = deps.foresee?.(ctx, key);
  if (sent === undefined) {
    return deps.store.read(key, patienceMs, LOOKS_AT_CART.test(ctx.path) ? 'cart' : 'nothing');
  }
  const startMs = performance.now();
  const came = await sent;
  if (came !== undefined) return came;
  // The store was waited for already, where it is away.
  const leftMs = patienceMs - (performance.now() - startMs);
  if (leftMs <= 0) throw new StoreUnavailable('session: no answer together with a change of the cart');
  return deps.store.read(key, leftMs);
}

async function getSession(
  deps: KoaStoreParts,
  id: string,
  ctx: AppContext,
): Promise<StoredSession | undefined> {
  try {
    const key = hashOf(id);
    const read = await readSession(deps, ctx, key);
    remember(ctx, id, read ?? NEW);
    const { cart: record, data: { cart: holder } = {} } = read ?? {};
    if (record !== undefined && holder !== undefined) ctx.state.cartRead = { holder, record };
    ctx.state.cartCount = await countOf(deps, read, ctx);
    return read?.data;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    deps.event('unknown');
    ctx.state.sessionUnknown = true;
    return undefined;
  }
}

export function koaStore(deps: KoaStoreParts): KoaSessionStore {
  const { store, event } = deps;
  return {
    get: (id, _maxAgeMs, { ctx }) => getSession(deps, id, ctx),
    set: async (id, data, lifeMs, { ctx }) => {
      // The visitor may well have a session: a new one over it would log them out.
      if (ctx.state.sessionUnknown === true) throw unavailable();
      const read = ctx.state.sessionsRead?.get(id);
      if (read === undefined || !isRenewal(read.data, data)) {
        return writeMerging(deps, { ctx, id, lifeMs }, data);
      }
      await renew(deps, id, { version: read.version, data, lifeMs });
    },
    destroy: async (id, { ctx }) => {
      const userId = ctx.state.sessionsRead?.get(id)?.data.userId;
      await store.end(hashOf(id), userId, patienceOf(ctx));
      event('ended');
    },
  };
}
