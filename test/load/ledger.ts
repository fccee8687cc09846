// Ledger shoppers: each adds to its own cart, remembers what was acknowledged to it, and compares at views in
// passing and at the end. An addition is repeated under the same operation id until it is acknowledged, so that afterwards
// every line has one right quantity: less is a lost acknowledgement, more is a change applied twice.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchOutages } from './outage.ts';
import type { Outage, OutageWatch } from './outage.ts';

export interface LedgerCart {
  /** Adds one of `sku`. Resolves only when acknowledged; may be repeated with the same operation id. */
  add(sku: string, operationId: string): Promise<void>;
  /** Quantity per sku, as a shopper would see it now. */
  read(): Promise<ReadonlyMap<string, number>>;
  /** The same in passing, where the shopper's browser knows what was acknowledged: may fail, never show less. */
  view?(): Promise<ReadonlyMap<string, number>>;
  /** Removes what it kept: the next fault is to meet the same amount of data as the first. */
  forget?(): Promise<void>;
}

export interface LedgerOptions {
  /** Pause between two changes of one shopper, in milliseconds. @default 20 */
  readonly paceMs?: number;
  /** Pause before a change that was not acknowledged is tried again, in milliseconds. @default 50 */
  readonly retryMs?: number;
  /** What each shopper changes in turn. @default three articles */
  readonly skus?: readonly string[];
}

export interface LedgerReport extends Outage {
  readonly acknowledged: number;
  /** Acknowledged additions that are not there. */
  readonly lost: number;
  /** Views in passing that were answered, and lines in them with less than was acknowledged. */
  readonly views: number;
  readonly behind: number;
  /** Additions that are there more often than they were made. */
  readonly doubled: number;
  /** Tries that were not acknowledged. */
  readonly failures: number;
}

export interface Ledger {
  /** Starts measuring the outage anew, e.g. right before a fault. */
  mark(): void;
  acknowledged(): number;
  outageMs(): number;
  /** Lets every shopper end its change, then compares. */
  stop(): Promise<LedgerReport>;
}

/** Changes between two views in passing. */
const VIEW_EVERY = 5;
const articles = ['shirt', 'socks', 'scarf'];

interface Counters {
  acknowledged: number;
  failures: number;
  views: number;
  behind: number;
  readonly outages: OutageWatch;
  stopping: boolean;
}

export function startLedger(carts: readonly LedgerCart[], options: LedgerOptions = {}): Ledger {
  const outages = watchOutages();
  const counters: Counters = {
    ...{ acknowledged: 0, failures: 0, views: 0, behind: 0, stopping: false },
    outages,
  };
  const models = carts.map(() => new Map<string, number>());
  const running = carts.map((cart, index) =>
    shop(cart, models[index] ?? new Map<string, number>(), counters, options),
  );
  return {
    mark: outages.mark,
    acknowledged: () => counters.acknowledged,
    outageMs: outages.outageMs,
    stop: async () => {
      counters.stopping = true;
      await Promise.all(running);
      const differences = await Promise.all(carts.map((cart, index) => compare(cart, models[index])));
      await Promise.all(carts.map(forget));
      const total = (pick: (difference: Difference) => number): number =>
        differences.reduce((sum, difference) => sum + pick(difference), 0);
      const { acknowledged, failures, views, behind } = counters;
      return {
        ...{ acknowledged, failures, views, behind },
        ...outages.longest(),
        lost: total(({ lost }) => lost),
        doubled: total(({ doubled }) => doubled),
      };
    },
  };
}

async function shop(
  cart: LedgerCart,
  model: Map<string, number>,
  counters: Counters,
  { paceMs = 20, retryMs = 50, skus = articles }: LedgerOptions,
): Promise<void> {
  for (let turn = 0; !counters.stopping; turn += 1) {
    const sku = skus[turn % skus.length] ?? '';
    await addUntilAcknowledged(cart, sku, counters, retryMs);
    model.set(sku, (model.get(sku) ?? 0) + 1);
    if ((turn + 1) % VIEW_EVERY === 0) await look(cart, model, counters);
    await sleep(paceMs);
  }
}

async function addUntilAcknowledged(
  cart: LedgerCart,
  sku: string,
  counters: Counters,
  retryMs: number,
): Promise<void> {
  const operationId = randomUUID();
  for (;;) {
    try {
      await cart.add(sku, operationId);
      break;
    } catch {
      counters.failures += 1;
      await sleep(retryMs);
    }
  }
  counters.outages.acknowledged();
  counters.acknowledged += 1;
}

async function look(cart: LedgerCart, model: ReadonlyMap<string, number>, counters: Counters): Promise<void> {
  // A shop that cannot show the cart says so; it is what it shows that has to be right.
  const seen = await cart.view?.().catch(() => undefined);
  if (seen === undefined) return;
  counters.views += 1;
  for (const [sku, expected] of model) if ((seen.get(sku) ?? 0) < expected) counters.behind += 1;
}

async function forget(cart: LedgerCart): Promise<void> {
  await cart.forget?.();
}

interface Difference {
  readonly lost: number;
  readonly doubled: number;
}

async function compare(
  cart: LedgerCart,
  model: ReadonlyMap<string, number> = new Map(),
): Promise<Difference> {
  const seen = await cart.read();
  let lost = 0;
  let doubled = 0;
  for (const [sku, expected] of model) {
    const difference = (seen.get(sku) ?? 0) - expected;
    lost += Math.max(0, -difference);
    doubled += Math.max(0, difference);
  }
  return { lost, doubled };
}
