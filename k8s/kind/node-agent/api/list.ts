// Lists every object of one kind, page by page, keeping only what the caller makes of each.
import { readJson, type ApiClient } from './client.ts';

const PAGE = { size: 250, limitBytes: 32 * 1024 * 1024, timeoutMs: 10_000 };
const MAX_PAGES = 400;

export interface Listed<Record> {
  readonly records: Map<string, Record>;
  /** Where a watch goes on from. */
  readonly version: string;
}

interface WireList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly never[];
}

export interface ListRequest<Record> {
  readonly path: string;
  readonly key: (record: Record) => string;
  readonly parse: (wire: never) => Record;
}

/** Rejects when a page does not come within its deadline, is too long, or there are more than 100 000 objects. */
export async function listAll<Record>(
  client: ApiClient,
  { path, key, parse }: ListRequest<Record>,
  signal: AbortSignal,
): Promise<Listed<Record>> {
  const records = new Map<string, Record>();
  let next = '';
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = `limit=${PAGE.size}&continue=${encodeURIComponent(next)}`;
    const response = await client.get(`${path}?${query}`, { timeoutMs: PAGE.timeoutMs, signal });
    const { metadata, items } = (await readJson(response, PAGE)) as WireList;
    for (const item of items) {
      const record = parse(item);
      records.set(key(record), record);
    }
    next = metadata.continue ?? '';
    if (next === '') return { records, version: metadata.resourceVersion };
  }
  throw new Error(`${path}: more than ${MAX_PAGES * PAGE.size} objects`);
}
