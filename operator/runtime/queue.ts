// Work queue: one worker per key, duplicates merged, failures retried with growing pauses. A key that is added
// while it is being worked on runs once more afterwards, so that no change is missed and none is handled twice.
import type { Clock } from './clock.ts';

export interface Result {
  /** Run the key again after this many milliseconds, even if nothing happens. */
  readonly afterMs?: number;
}

export interface QueueOptions {
  readonly clock: Clock;
  readonly work: (key: string) => Promise<Result>;
  readonly onError: (key: string, error: unknown, failures: number) => void;
  /** First pause after a failure; it doubles. @default 100 */
  readonly backoffMs?: number;
  /** Longest pause after a failure. @default 5000 */
  readonly maxBackoffMs?: number;
  /** How many different keys the queue accepts. @default 1000 */
  readonly limit?: number;
}

export interface Queue {
  /** Runs `key` as soon as it is free. Throws when the queue is full of other keys. */
  add(key: string): void;
  /** Accepts nothing more; resolves when the workers that were running are done. */
  stop(): Promise<void>;
  /** Keys known and keys being worked on, for metrics. */
  depth(): { readonly keys: number; readonly running: number };
}

interface Entry {
  running: boolean;
  dirty: boolean;
  failures: number;
  cancelTimer: () => void;
}

const NO_TIMER = (): void => undefined;

export function createQueue(options: QueueOptions): Queue {
  return new KeyQueue(options);
}

class KeyQueue implements Queue {
  readonly #options: QueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #running = new Set<Promise<void>>();
  #stopped = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  add(key: string): void {
    if (this.#stopped) return;
    const entry = this.#entryOf(key);
    if (entry.running) entry.dirty = true;
    else this.#start(key, entry);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const entry of this.#entries.values()) entry.cancelTimer();
    await Promise.all(this.#running);
  }

  depth(): { readonly keys: number; readonly running: number } {
    return { keys: this.#entries.size, running: this.#running.size };
  }

  #entryOf(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const { limit = 1000 } = this.#options;
    if (this.#entries.size >= limit) throw new Error(`queue: full, ${limit} keys`);
    const fresh = { running: false, dirty: false, failures: 0, cancelTimer: NO_TIMER };
    this.#entries.set(key, fresh);
    return fresh;
  }

  #start(key: string, entry: Entry): void {
    entry.running = true;
    entry.dirty = false;
    entry.cancelTimer();
    entry.cancelTimer = NO_TIMER;
    const task = this.#run(key, entry).finally(() => this.#running.delete(task));
    this.#running.add(task);
  }

  async #run(key: string, entry: Entry): Promise<void> {
    try {
      const { afterMs } = await this.#options.work(key);
      entry.failures = 0;
      this.#settle(key, entry, afterMs);
    } catch (error) {
      entry.failures += 1;
      this.#options.onError(key, error, entry.failures);
      this.#settle(key, entry, this.#backoffMs(entry.failures));
    }
  }

  #backoffMs(failures: number): number {
    const { backoffMs = 100, maxBackoffMs = 5000 } = this.#options;
    return Math.min(backoffMs * 2 ** (failures - 1), maxBackoffMs);
  }

  #settle(key: string, entry: Entry, nextMs: number | undefined): void {
    entry.running = false;
    if (this.#stopped) return;
    if (entry.dirty) this.#start(key, entry);
    else if (nextMs === undefined) this.#entries.delete(key);
    else entry.cancelTimer = this.#options.clock.after(nextMs, () => this.add(key));
  }
}
