// Keeps a local copy of one kind of object. A watch makes it fast; a full list, at the start of every round and at
// least every few minutes, makes it true: whatever a watch lost, the next round has. While the API server cannot
// be reached the last copy stays, so that rules are kept rather than dropped.
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type ApiClient } from './client.ts';
import { readLines } from './lines.ts';
import { listAll, type ListRequest } from './list.ts';

export interface Resource<Record> extends ListRequest<Record> {
  /** For messages: `pods`. */
  readonly name: string;
  /** An API server without this kind counts as having none of it. */
  readonly optional?: boolean;
}

export interface Mirror<Record> {
  /** The copy; undefined until the first complete list. */
  records(): ReadonlyMap<string, Record> | undefined;
  /** Lists and watches until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface MirrorDeps {
  readonly client: ApiClient;
  readonly onChange: () => void;
  readonly log: (message: string, fields?: object) => void;
}

const WATCH = { minSeconds: 180, spreadSeconds: 120, headersMs: 10_000 };
const LINES = { maxLineChars: 4 * 1024 * 1024, maxSilenceMs: 100_000 };
const RETRY = { firstMs: 200, maxMs: 3000, healthyAfterMs: 10_000 };

interface WireEvent {
  readonly type: string;
  readonly object: never;
}

export function createMirror<Record>(resource: Resource<Record>, deps: MirrorDeps): Mirror<Record> {
  let records: Map<string, Record> | undefined;

  function replace(fresh: Map<string, Record>): void {
    records = fresh;
    deps.onChange();
  }

  async function round(signal: AbortSignal): Promise<void> {
    const listed = await listAll(deps.client, resource, signal).catch((error: unknown) => {
      if (resource.optional && error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    });
    replace(listed?.records ?? new Map<string, Record>());
    if (!listed) {
      await sleep(WATCH.minSeconds * 1000, undefined, { signal, ref: false });
      return;
    }
    for await (const event of watchFrom(listed.version, {
      path: resource.path,
      client: deps.client,
      signal,
    })) {
      accept(listed.records, event);
      deps.onChange();
    }
  }

  function accept(into: Map<string, Record>, { type, object }: WireEvent): void {
    const record = resource.parse(object);
    if (type === 'DELETED') into.delete(resource.key(record));
    else into.set(resource.key(record), record);
  }

  return {
    records: () => records,
    run: (signal) => runRounds(resource.name, round, { signal, log: deps.log }),
  };
}

/** Yields what has changed since `version`, until the server closes; throws when the version is too old or the line dies. */
async function* watchFrom(
  version: string,
  {
    path,
    client,
    signal,
  }: { readonly path: string; readonly client: ApiClient; readonly signal: AbortSignal },
): AsyncGenerator<WireEvent> {
  const seconds = WATCH.minSeconds + Math.floor(Math.random() * WATCH.spreadSeconds);
  const query = `watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}&resourceVersion=${version}`;
  const options = { timeoutMs: WATCH.headersMs, signal };
  const response = await client.get(`${path}?${query}`, options);
  for await (const line of readLines(response, LINES)) {
    const event = JSON.parse(line) as WireEvent;
    if (event.type === 'ERROR') throw new Error(`watch ended: ${line}`);
    if (event.type !== 'BOOKMARK') yield event;
  }
}

interface RoundsContext {
  readonly signal: AbortSignal;
  readonly log: MirrorDeps['log'];
}

async function runRounds(
  name: string,
  round: (signal: AbortSignal) => Promise<void>,
  { signal, log }: RoundsContext,
): Promise<void> {
  let delayMs = RETRY.firstMs;
  for (;;) {
    const startedAt = performance.now();
    try {
      await round(signal);
      delayMs = RETRY.firstMs;
    } catch (error) {
      if (!signal.aborted) log(`${name}: list or watch failed, trying again`, { error: describe(error) });
      if (performance.now() - startedAt > RETRY.healthyAfterMs) delayMs = RETRY.firstMs;
    }
    if (signal.aborted) return;
    await sleep(delayMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    delayMs = Math.min(delayMs * 2, RETRY.maxMs);
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
