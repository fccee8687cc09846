// Carts that outlive either store. Redis answers; every change it acknowledged reaches Postgres a moment later. When
// Redis cannot within a second, the change is committed to Postgres instead, before it is acknowledged, and joined
// into Redis later. Only when neither can is the request refused, to be repeated under the same operation id.
//
// A browser brings the clock of its last acknowledged change. A cart in Redis that is older has lost something: it is
// joined with Postgres' copy before anybody sees or changes it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { remainingMs } from '../platform/deadline.ts';
import { StoreUnavailable } from '../platform/store-unavailable.ts';
import type { Cart, CartRequest, CartStore, Changed, ChangeOutcome } from './cart.ts';
import { buyRecord, changeRecord } from './record-change.ts';
import { clockIn, recordOf } from './record-text.ts';
import { cartOf, EMPTY_RECORD } from './record.ts';
import type { CartRecord } from './record.ts';
import type { RedisCarts, RedisChanged } from './redis-store.ts';
import { repair } from './repair.ts';
import type { SecondCopy } from './second-copy.ts';
import { seenClock } from './ticket.ts';

export interface KeptStoreParts {
  readonly redis: RedisCarts;
  readonly copy: SecondCopy;
  readonly event: (event: KeptEvent) => void;
}

/**
 * `fell-back`: Postgres acknowledged what Redis could not. `repaired`: Redis got back what it lacked.
 * `missed`: a browser had seen more than either store knows.
 */
export type KeptEvent = 'fell-back' | 'read-copy' | 'repaired' | 'missed';

/** A planned switch of the master is over by then; an unplanned one takes longer than a shopper should wait. */
const REDIS_PATIENCE_MS = 1_000;
/** Kept back from the request's time, to still render an answer. */
const RESERVE_MS = 1_000;
const CATCH_UP_MS = 1_500;
const LOOK_MS = 50;

function patienceOf(request: CartRequest): number {
  // The session store is the same Redis, and this request has waited for it already.
  if (request.sessionUnknown === true) return 0;
  return Math.min(REDIS_PATIENCE_MS, remainingMs(request.deadline) - RESERVE_MS);
}

function acknowledge(request: CartRequest, holder: string, clock: number): void {
  request.cartTicket = { holder, clock, madeAt: Date.now() };
}

/** Redis' answer, or the second store's when Redis could not give one. */
async function redisOr<T>(attempt: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
  }
  return otherwise();
}

async function repairFor(parts: KeptStoreParts, holder: string, request: CartRequest): Promise<CartRecord> {
  const theirs = await parts.copy.find(holder, request.deadline);
  const held = { holder, record: theirs ?? EMPTY_RECORD };
  const record = await repair(parts, held, patienceOf(request));
  const missed = record.clock < seenClock(request.cartTicket, holder);
  parts.event(missed ? 'missed' : 'repaired');
  acknowledge(request, holder, record.clock);
  return record;
}

/**
 * What Redis acknowledged a moment ago may still be on its way to the copy, from another pod: shown at once, the cart
 * would lack it. What has not come after CATCH_UP_MS is shown without.
 */
async function readCopy(parts: KeptStoreParts, holder: string, request: CartRequest): Promise<CartRecord> {
  const seen = seenClock(request.cartTicket, holder);
  const waitMs = Math.min(CATCH_UP_MS, remainingMs(request.deadline) - RESERVE_MS);
  const untilMs = performance.now() + waitMs;
  let record = await parts.copy.find(holder, request.deadline);
  while ((record?.clock ?? 0) < seen && performance.now() < untilMs) {
    await sleep(LOOK_MS);
    record = await parts.copy.find(holder, request.deadline);
  }
  if (record === undefined) throw new StoreUnavailable('carts: Redis is away and there is no second copy');
  parts.event('read-copy');
  return record;
}

/** The cart that came with this request's session, once. */
function takeRead(request: CartRequest, holder: string): CartRecord | undefined {
  const known = request.cartRead;
  request.cartRead = undefined;
  return known?.holder === holder ? known.record : undefined;
}

async function read(parts: KeptStoreParts, holder: string, request: CartRequest): Promise<CartRecord> {
  return redisOr(
    async () => {
      const known = takeRead(request, holder);
      const record = known ?? (await parts.redis.read(holder, patienceOf(request)));
      const isBehind = record.clock < seenClock(request.cartTicket, holder);
      return isBehind ? repairFor(parts, holder, request) : record;
    },
    () => readCopy(parts, holder, request),
  );
}

type InRedis = (seen: number, patienceMs: number) => Promise<RedisChanged>;
interface CopyChanged {
  readonly outcome: ChangeOutcome;
  readonly record: CartRecord;
}
type InCopy = (record: CartRecord, at: number) => CopyChanged;

async function changeCopy(
  parts: KeptStoreParts,
  holder: string,
  request: CartRequest,
  change: InCopy,
): Promise<CopyChanged> {
  const seen = seenClock(request.cartTicket, holder);
  // Later than everything this browser has seen, also when the copy lags behind that.
  const changed = await parts.copy.change(
    holder,
    (record) => change(record, Math.max(record.clock, seen) + 1),
    request.deadline - RESERVE_MS,
  );
  parts.event('fell-back');
  return changed;
}

/** What became of the change that was sent with the reading of the session, if it is this very one. Once. */
async function takeForeseen(request: CartRequest, holder: string, operationId: string) {
  const { foreseen } = request;
  request.foreseen = undefined;
  return foreseen?.holder === holder && foreseen.operationId === operationId ? foreseen.sent : undefined;
}

async function changeRedis(
  parts: KeptStoreParts,
  holder: string,
  request: CartRequest,
  { inRedis, operationId = '' }: Pick<How, 'inRedis' | 'operationId'>,
): Promise<{ readonly outcome: ChangeOutcome; readonly text: string }> {
  const seen = seenClock(request.cartTicket, holder);
  const foreseen = await takeForeseen(request, holder, operationId);
  const first = foreseen ?? (await inRedis(seen, patienceOf(request)));
  if (first.outcome === 'stranger') throw new Error('carts: a change that nobody guarded was refused');
  if (first.outcome !== 'behind') return { outcome: first.outcome, text: first.text };
  const { clock } = await repairFor(parts, holder, request);
  const { outcome, text } = await inRedis(clock, patienceOf(request));
  if (outcome === 'behind' || outcome === 'stranger') {
    throw new StoreUnavailable('carts: the cart fell back while it was repaired');
  }
  return { outcome, text };
}

/**
 * Forms are answered without a look at the cart. A class, for its getter: an object literal with one is a dictionary to
 * V8, and takes 1 µs to make instead of 0.07.
 */
class KeptChange implements Changed {
  readonly outcome: ChangeOutcome;
  readonly clock: number;
  readonly #read: () => CartRecord;

  constructor(outcome: ChangeOutcome, clock: number, read: () => CartRecord) {
    this.outcome = outcome;
    this.clock = clock;
    this.#read = read;
  }

  get cart(): Cart {
    return cartOf(this.#read());
  }
}

interface How {
  readonly inRedis: InRedis;
  readonly inCopy: InCopy;
  readonly operationId?: string;
}

async function change(
  parts: KeptStoreParts,
  holder: string,
  request: CartRequest,
  how: How,
): Promise<Changed> {
  request.cartRead = undefined;
  const changed = await redisOr(
    async () => {
      const { outcome, text } = await changeRedis(parts, holder, request, how);
      parts.copy.put(holder, text);
      return new KeptChange(outcome, clockIn(text), () => recordOf(text));
    },
    async () => {
      const { outcome, record } = await changeCopy(parts, holder, request, how.inCopy);
      return new KeptChange(outcome, record.clock, () => record);
    },
  );
  acknowledge(request, holder, changed.clock);
  return changed;
}

async function merge(parts: KeptStoreParts, guest: string, user: string, request: CartRequest) {
  request.cartRead = undefined;
  const patienceMs = remainingMs(request.deadline) - RESERVE_MS;
  // What Postgres acknowledged to the guest must be in Redis before it can move.
  const known = await parts.copy.find(guest, request.deadline);
  if (known !== undefined) await repair(parts, { holder: guest, record: known }, patienceMs);
  const { outcome, text, guest: left } = await parts.redis.merge(guest, user, patienceMs);
  parts.copy.put(user, text);
  if (left === '') parts.copy.forget(guest);
  else parts.copy.put(guest, left);
  const merged = new KeptChange(outcome === 'changed' ? 'changed' : 'repeated', clockIn(text), () =>
    recordOf(text),
  );
  acknowledge(request, user, merged.clock);
  return merged;
}

export function createKeptCarts(parts: KeptStoreParts): CartStore {
  return {
    read: async (holder, request) => cartOf(await read(parts, holder, request)),
    change: (holder, wanted, operationId, request) =>
      change(parts, holder, request, {
        operationId,
        inRedis: (seen, patienceMs) =>
          parts.redis.change(holder, { change: wanted, operationId, seen }, patienceMs),
        inCopy: (record, at) => changeRecord(record, wanted, { at, op: operationId }, randomUUID()),
      }),
    merge: (guest, user, request) => merge(parts, guest, user, request),
    bought: async (holder: string, bought: Cart, request: CartRequest) => {
      await change(parts, holder, request, {
        inRedis: (_seen, patienceMs) => parts.redis.bought(holder, bought, patienceMs),
        inCopy: (record, at) => {
          return { outcome: 'changed', record: buyRecord(record, bought, at, randomUUID()) };
        },
      });
    },
    remove: async (holder, request) => {
      request.cartRead = undefined;
      await parts.redis.remove(holder, patienceOf(request));
      parts.copy.forget(holder);
    },
  };
}
