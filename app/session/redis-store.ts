// Sessions in Redis, for koa-session. It promises: a store that is away makes a session *unknown*, never new; a
// write happens only on the version that was read, or merged into the newer one; a session that ended stays
// ended; what was acknowledged survives a failover (writes wait for a replica).
import { createHash } from 'node:crypto';
import type { AppContext } from '../http/context.ts';
import { unavailable } from '../http/errors.ts';
import { remainingMs } from '../platform/deadline.ts';
import type { AppRedis } from '../platform/redis.ts';
import { RedisUnavailable } from '../platform/redis-errors.ts';
import { retryWithin } from '../platform/redis-retry.ts';
import { mergeSession, parseSession } from './record.ts';
import type { StoredSession } from './record.ts';
import { endScript, readScript, writeScript } from './redis-scripts.ts';

export interface SessionStore {
  get(id: string, maxAgeMs: number, options: { ctx: AppContext }): Promise<StoredSession | undefined>;
  set(id: string, data: StoredSession, maxAgeMs: number, options: { ctx: AppContext }): Promise<void>;
  destroy(id: string, options: { ctx: AppContext }): Promise<void>;
}

interface Read {
  readonly version: string;
  readonly data: StoredSession;
}

/** Longer than any request may take, so that a slow one finds it. */
export const TOMBSTONE_MS = 60_000;
const NEW: Read = { version: '0', data: {} };
const MERGE_TRIES = 3;
/** Kept back from the request's time, to still render an answer. */
const RESERVE_MS = 1_000;

export function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function keysOf(id: string, userId: string | undefined): string[] {
  const hash = hashOf(id);
  return [`sess:${hash}`, `gone:${hash}`, `usess:${userId ?? ''}`];
}

/** Pages that can be shown without knowing the visitor do not wait for a store that is away. */
function patienceMs(ctx: AppContext): number {
  const browsing =
    ctx.method === 'GET' && /^\/($|category\/|search$|products\/|api\/v1\/products)/.test(ctx.path);
  return browsing ? 0 : remainingMs(ctx.state.deadline) - RESERVE_MS;
}

interface Deps {
  readonly redis: AppRedis;
  readonly event: (name: string) => void;
  /** What each request read, to compare with when it writes. */
  readonly reads: WeakMap<object, Map<string, Read>>;
}

function remember(deps: Deps, ctx: AppContext, id: string, read: Read): void {
  const known = deps.reads.get(ctx) ?? new Map<string, Read>();
  known.set(id, read);
  deps.reads.set(ctx, known);
}

async function fetchSession(
  deps: Deps,
  id: string,
  patience: number,
): Promise<(Read & { count: number }) | undefined> {
  const [key = ''] = keysOf(id, undefined);
  const reply = await retryWithin(patience, () => deps.redis.session.run(readScript, [key], []));
  if (!Array.isArray(reply)) return undefined;
  const [version, text, count] = reply.map(String);
  const data = parseSession(text ?? '');
  if (data === undefined) deps.event('unreadable');
  return data && { version: version ?? '0', data, count: Number(count) };
}

interface Write {
  readonly ctx: AppContext;
  readonly id: string;
  readonly maxAgeMs: number;
}

async function writeOnce(deps: Deps, { ctx, id, maxAgeMs }: Write, version: string, data: StoredSession) {
  const userId = data.userId ?? '';
  const args = [version, JSON.stringify(data), data.cart ?? '', maxAgeMs, hashOf(id), userId, Date.now()];
  const { reply } = await retryWithin(remainingMs(ctx.state.deadline) - RESERVE_MS, () =>
    deps.redis.durable.change(writeScript, keysOf(id, userId), args),
  );
  return Number(reply);
}

async function writeMerging(deps: Deps, write: Write, data: StoredSession): Promise<void> {
  let base = deps.reads.get(write.ctx)?.get(write.id) ?? NEW;
  let mine = data;
  for (let tries = 0; tries < MERGE_TRIES; tries += 1) {
    const stored = await writeOnce(deps, write, base.version, mine);
    if (stored === 1) {
      remember(deps, write.ctx, write.id, { version: String(Number(base.version) + 1), data: mine });
      return;
    }
    // Logged out meanwhile: the session stays gone and this answer goes out without it.
    if (stored === -1) {
      deps.event('write-after-end');
      return;
    }
    deps.event('merged');
    const theirs = (await fetchSession(deps, write.id, 0)) ?? NEW;
    mine = mergeSession(base.data, mine, theirs.data);
    base = theirs;
  }
  throw unavailable();
}

async function getSession(deps: Deps, id: string, ctx: AppContext): Promise<StoredSession | undefined> {
  try {
    const read = await fetchSession(deps, id, patienceMs(ctx));
    remember(deps, ctx, id, read ?? NEW);
    ctx.state.cartCount = read?.count ?? 0;
    return read?.data;
  } catch (error) {
    if (!(error instanceof RedisUnavailable)) throw error;
    deps.event('unknown');
    ctx.state.sessionUnknown = true;
    return undefined;
  }
}

export function createRedisStore(redis: AppRedis, event: (name: string) => void): SessionStore {
  const deps: Deps = { redis, event, reads: new WeakMap() };
  return {
    get: (id, _maxAgeMs, { ctx }) => getSession(deps, id, ctx),
    set: async (id, data, maxAgeMs, { ctx }) => {
      // The visitor may well have a session: a new one over it would log them out.
      if (ctx.state.sessionUnknown === true) throw unavailable();
      await writeMerging(deps, { ctx, id, maxAgeMs }, data);
    },
    destroy: async (id, { ctx }) => {
      const userId = deps.reads.get(ctx)?.get(id)?.data.userId;
      await retryWithin(remainingMs(ctx.state.deadline) - RESERVE_MS, () =>
        redis.durable.change(endScript, keysOf(id, userId), [TOMBSTONE_MS, hashOf(id)]),
      );
      event('ended');
    },
  };
}
