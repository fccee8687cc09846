// A local copy of one collection: a watch makes it fast, a periodic relist makes it true. Watches have been seen
// to go silent without an error, so nothing relies on them alone.
import { ApiError } from './api.ts';
import type { Api, KubeList, KubeObject, WatchEvent } from './api.ts';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';

export interface InformerOptions {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Logger;
  readonly path: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Called after the copy changed, with the name of the object that did. */
  readonly onChange: (name: string) => void;
  /** Relist at least this often. @default 30000 */
  readonly relistMs?: number;
  /** Pause after a failure. @default 500 */
  readonly retryMs?: number;
}

export interface Informer<T extends KubeObject> {
  get(name: string): T | undefined;
  list(): readonly T[];
  /** Whether the copy has been complete at least once. */
  synced(): boolean;
  stop(): void;
}

export function startInformer<T extends KubeObject>(options: InformerOptions): Informer<T> {
  const informer = new CollectionInformer<T>(options);
  void informer.loop();
  return informer;
}

class CollectionInformer<T extends KubeObject> implements Informer<T> {
  readonly #options: InformerOptions;
  readonly #copy = new Map<string, T>();
  #complete = false;
  #stopped = false;
  #controller = new AbortController();
  #cancelTimer = (): void => undefined;

  constructor(options: InformerOptions) {
    this.#options = options;
  }

  get(name: string): T | undefined {
    return this.#copy.get(name);
  }

  list(): readonly T[] {
    return [...this.#copy.values()];
  }

  synced(): boolean {
    return this.#complete;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer();
    this.#controller.abort();
  }

  async loop(): Promise<void> {
    const { clock, log, path, retryMs = 500 } = this.#options;
    let pauseMs = 0;
    try {
      await this.#listAndWatch();
    } catch (error) {
      log.warn({ path, error: String(error), expected: error instanceof ApiError }, 'watch failed');
      pauseMs = retryMs;
    }
    if (!this.#stopped) this.#cancelTimer = clock.after(pauseMs, () => void this.loop());
  }

  async #listAndWatch(): Promise<void> {
    const { api, clock, path, labelSelector, fieldSelector, relistMs = 30_000 } = this.#options;
    const query = { labelSelector, fieldSelector };
    const list = await api.request<KubeList<T>>('GET', path, { query });
    if (this.#stopped) return;
    this.#replaceAll(list.items);
    const controller = new AbortController();
    this.#controller = controller;
    const cancelRelist = clock.after(relistMs, () => controller.abort());
    try {
      await api.watch(path, {
        query: { ...query, resourceVersion: list.metadata.resourceVersion },
        onEvent: (event) => this.#take(event),
        signal: controller.signal,
        idleMs: relistMs * 2,
      });
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      cancelRelist();
    }
  }

  #replaceAll(items: readonly T[]): void {
    const names = new Set(items.map((item) => item.metadata.name));
    const gone = [...this.#copy.keys()].filter((name) => !names.has(name));
    for (const name of gone) this.#copy.delete(name);
    const changed = items.filter(
      (item) => this.#versionOf(item.metadata.name) !== item.metadata.resourceVersion,
    );
    for (const item of changed) this.#copy.set(item.metadata.name, item);
    this.#complete = true;
    for (const name of [...gone, ...changed.map((item) => item.metadata.name)]) this.#options.onChange(name);
  }

  #versionOf(name: string): string | undefined {
    return this.#copy.get(name)?.metadata.resourceVersion;
  }

  #take(event: WatchEvent): void {
    if (event.type === 'BOOKMARK') return;
    if (event.type === 'ERROR') {
      // The server's way of saying that our version is too old: end this watch, the loop relists.
      this.#controller.abort();
      return;
    }
    const { name } = event.object.metadata;
    if (event.type === 'DELETED') this.#copy.delete(name);
    else this.#copy.set(name, event.object as T);
    this.#options.onChange(name);
  }
}
