// The carts that wait to be written to Postgres: only the newest record of each, and at most so many; beyond that the
// oldest are let go, and come again with their next change.
import { continues, joinTexts } from './record-text.ts';

export interface Waiting {
  /** The record as text; null: the cart is gone. */
  readonly text: string | null;
  readonly sinceMs: number;
}

export type Batch = ReadonlyMap<string, Waiting>;

export interface WaitingStats {
  readonly waiting: number;
  /** Age of the oldest one that waits; 0 when none does. */
  readonly lagMs: number;
}

export interface WaitingCarts {
  readonly put: (holder: string, text: string | null) => void;
  readonly isEmpty: () => boolean;
  /** The record that waits, or is being written. */
  readonly find: (holder: string) => string | undefined;
  /** The oldest ones; they count as waiting until `done` or `putBack`. */
  readonly take: () => Batch;
  readonly done: () => void;
  /** What was taken waits again, with its age, behind nothing that came since. */
  readonly putBack: () => void;
  readonly stats: () => WaitingStats;
}

const MOST_WAITING = 10_000;
const MOST_AT_ONCE = 200;

function newest(before: Waiting | undefined, text: string | null): string | null {
  if (text === null || before === undefined || before.text === null) return text;
  return continues(text, before.text) ? text : joinTexts(before.text, text);
}

function statsOf(all: readonly Waiting[]): WaitingStats {
  const oldestMs = Math.min(...all.map(({ sinceMs }) => sinceMs));
  return { waiting: all.length, lagMs: all.length === 0 ? 0 : performance.now() - oldestMs };
}

export function createWaitingCarts(dropped: () => void): WaitingCarts {
  const queue = new Map<string, Waiting>();
  let taken = new Map<string, Waiting>();

  function put(holder: string, text: string | null): void {
    const before = queue.get(holder);
    queue.set(holder, { text: newest(before, text), sinceMs: before?.sinceMs ?? performance.now() });
    if (queue.size <= MOST_WAITING) return;
    const [oldest = ''] = queue.keys();
    queue.delete(oldest);
    dropped();
  }

  function done(): void {
    taken = new Map();
  }

  return {
    put,
    done,
    isEmpty: () => queue.size === 0,
    find: (holder) => (queue.get(holder) ?? taken.get(holder))?.text ?? undefined,
    take: () => {
      taken = new Map([...queue].slice(0, MOST_AT_ONCE));
      for (const holder of taken.keys()) queue.delete(holder);
      return taken;
    },
    putBack: () => {
      const since = [...queue];
      queue.clear();
      for (const [holder, waiting] of taken) queue.set(holder, waiting);
      done();
      for (const [holder, { text }] of since) put(holder, text);
    },
    stats: () => statsOf([...taken.values(), ...queue.values()]),
  };
}
