// Brings every acknowledged change of a cart to Postgres, a moment after Redis acknowledged it. What waits is written
// together, each cart once however often it changed, with a short rest between two writes: the lag is about the time
// of two commits and a rest, and a cart that changes all the time costs Postgres at most one write per rest.
import { setTimeout as sleep } from 'node:timers/promises';
import { deadlineIn } from '../platform/deadline.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { deleteRecords, lockRecord, writeLocked, writeNewer } from './copy-repository.ts';
import type { HeldText } from './copy-repository.ts';
import { recordOf } from './record-text.ts';
import { contains, joinRecords } from './record.ts';
import { createWaitingCarts } from './waiting-carts.ts';
import type { Batch, WaitingStats } from './waiting-carts.ts';

export interface WriteThrough {
  /** The record as Redis has acknowledged it (record-text.ts). */
  readonly put: (holder: string, text: string) => void;
  /** The cart is gone. */
  readonly forget: (holder: string) => void;
  /** A cart's record that is not in Postgres yet. */
  readonly find: (holder: string) => string | undefined;
  /** What is not in Postgres yet. */
  readonly stats: () => WaitingStats;
  /** Resolves when nothing waits any more, or after `withinMs`; what waits then is given up. */
  readonly close: (withinMs: number) => Promise<void>;
}

export interface WriteThroughEvents {
  readonly failed: (error: unknown) => void;
  readonly dropped: () => void;
  /** `joined`: Postgres held a change that Redis lacks. */
  readonly written: (outcome: 'newer' | 'joined') => void;
}

const WRITE_WITHIN_MS = 3_000;
const PAUSE_AFTER_FAILURE_MS = 250;
/** A third of the time is spent on writing at most, unless a write takes longer than half the longest rest. */
const REST_PER_WRITE = 2;
const LONGEST_REST_MS = 50;

/** Resolves with whether Postgres holds something that `text` lacks. */
async function joinOne(q: Querier, { holder, text }: HeldText): Promise<boolean> {
  const mine = await lockRecord(q, holder);
  const record = recordOf(text);
  if (mine === undefined) {
    await writeLocked(q, { holder, record }, false);
    return false;
  }
  const isAhead = !contains(record, mine);
  await writeLocked(q, { holder, record: joinRecords(mine, record) }, isAhead);
  return isAhead;
}

async function writeBatch(db: Database, batch: Batch, events: WriteThroughEvents): Promise<void> {
  const held: HeldText[] = [];
  const gone: string[] = [];
  for (const [holder, { text }] of batch) {
    if (text === null) gone.push(holder);
    else held.push({ holder, text });
  }
  const { value: written } = await db.transaction(async (q) => {
    if (gone.length > 0) await deleteRecords(q, gone);
    return held.length === 0 ? new Set<string>() : writeNewer(q, held);
  }, deadlineIn(WRITE_WITHIN_MS));
  for (const one of held) {
    if (written.has(one.holder)) {
      events.written('newer');
      continue;
    }
    const { value: isAhead } = await db.transaction((q) => joinOne(q, one), deadlineIn(WRITE_WITHIN_MS));
    if (isAhead) events.written('joined');
  }
}

export function createWriteThrough(db: Database, events: WriteThroughEvents): WriteThrough {
  const carts = createWaitingCarts(events.dropped);
  let running: Promise<void> | undefined;
  let closed = false;

  async function run(): Promise<void> {
    while (!carts.isEmpty() && !closed) {
      const startMs = performance.now();
      try {
        await writeBatch(db, carts.take(), events);
        carts.done();
        await sleep(Math.min(LONGEST_REST_MS, REST_PER_WRITE * (performance.now() - startMs)));
      } catch (error) {
        events.failed(error);
        carts.putBack();
        await sleep(PAUSE_AFTER_FAILURE_MS);
      }
    }
    running = undefined;
  }

  function put(holder: string, text: string | null): void {
    carts.put(holder, text);
    running ??= run();
  }

  return {
    put,
    forget: (holder) => put(holder, null),
    find: carts.find,
    stats: carts.stats,
    close: async (withinMs) => {
      const end = new AbortController();
      const tooLate = sleep(withinMs, undefined, { signal: end.signal }).catch(() => undefined);
      await Promise.race([running ?? Promise.resolve(), tooLate]);
      end.abort();
      closed = true;
    },
  };
}
