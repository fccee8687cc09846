// Pages that are the same for many visitors, kept rendered. What differs per request (its id, the id of the operation
// in a form) is a hole, filled each time. A page is found by the very objects it was made of: data that was read anew
// is another object, so a page never outlives its data, and nobody has to say when to forget one.
import { hash, randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { gzipTemplate } from './gzip-template.ts';

/** Stand in for the values while a page is rendered; nobody outside can know them. */
const HOLES = { requestId: `request-${randomUUID()}`, operationId: `operation-${randomUUID()}` } as const;
const ANY_HOLE = new RegExp(Object.values(HOLES).join('|'), 'g');

export interface PageValues {
  readonly requestId: string;
  readonly operationId: string;
}

export interface CachedPage {
  /** Over everything but what fills the holes. */
  readonly etag: string;
  /** As UTF-8, in pieces: the fixed parts are encoded once, and shared. */
  readonly text: (values: PageValues) => readonly Buffer[];
  readonly gzipped: (values: PageValues) => readonly Buffer[];
}

export interface PageCache {
  /**
   * The page made of these objects in this variant; `render` makes it when it is not there, with the values it is
   * given in the places of the real ones.
   */
  readonly get: (of: readonly object[], variant: string, render: (holes: PageValues) => string) => CachedPage;
}

function cachedPage(html: string): CachedPage {
  const parts = html.split(ANY_HOLE);
  const names = (html.match(ANY_HOLE) ?? []).map((hole): keyof PageValues =>
    hole === HOLES.requestId ? 'requestId' : 'operationId',
  );
  const valuesOf = (values: PageValues): string[] => names.map((name) => values[name]);
  let gzip: ReturnType<typeof gzipTemplate> | undefined;
  const encoded = parts.map((part) => Buffer.from(part));
  return {
    etag: `W/"${hash('sha1', parts.join('\0'), 'base64url')}"`,
    text: (values) =>
      encoded.flatMap((part, at) => {
        const name = names[at];
        return name === undefined ? [part] : [part, Buffer.from(values[name])];
      }),
    gzipped: (values) => (gzip ??= gzipTemplate(encoded))(valuesOf(values)),
  };
}

/** Keeps at most `maxChars` characters of pages; what was not asked for longest goes first. */
export function createPageCache(maxChars: number): PageCache {
  const pages = new LRUCache<string, CachedPage>({ maxSize: maxChars });
  const ids = new WeakMap<object, string>();
  let lastId = 0;
  const idOf = (object: object): string => {
    const known = ids.get(object);
    if (known !== undefined) return known;
    const id = String((lastId += 1));
    ids.set(object, id);
    return id;
  };
  return {
    get: (of, variant, render) => {
      const key = `${of.map(idOf).join('.')} ${variant}`;
      const known = pages.get(key);
      if (known !== undefined) return known;
      const html = render(HOLES);
      const page = cachedPage(html);
      pages.set(key, page, { size: html.length + key.length });
      return page;
    },
  };
}
