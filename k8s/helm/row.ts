// One row of the values table: a key of values.yaml, what it means, and every place it governs. Its default is not
// written here: it is read from the synthesized objects.
import type { Json, Place } from './place.ts';

export interface Row {
  readonly key: string;
  readonly doc: string;
  /**
   * scalar: a string, number or boolean; block: a map or list; toggle: whether the objects exist at all; choice: which
   * objects exist, each place `equals` the value that brings it about.
   */
  readonly kind: 'scalar' | 'block' | 'toggle' | 'choice';
  readonly at: readonly Place[];
  /** JSON schema of the value. */
  readonly schema: Readonly<Record<string, Json>>;
  /** The default where the synthesized object has nothing at the place. */
  readonly absent?: Json;
  /** A value that differs from every default, for the test that it moves exactly its places. */
  readonly sample: Json;
}

const text = { type: 'string' } as const;

export function string(key: string, doc: string, sample: string, places: readonly Place[], extra = {}): Row {
  return { key, doc, kind: 'scalar', at: places, schema: { ...text, minLength: 1, ...extra }, sample };
}

export function integer(key: string, doc: string, sample: number, places: readonly Place[], extra = {}): Row {
  return { key, doc, kind: 'scalar', at: places, schema: { type: 'integer', minimum: 0, ...extra }, sample };
}

export function flag(key: string, doc: string, places: readonly Place[], sample: boolean): Row {
  return { key, doc, kind: 'scalar', at: places, schema: { type: 'boolean' }, sample };
}

export function toggle(key: string, doc: string, objects: readonly string[]): Row {
  const places = objects.map((object) => ({ object, path: '' }));
  return { key, doc, kind: 'toggle', at: places, schema: { type: 'boolean' }, sample: true };
}

/** One of several groups of objects, by the value that stands for it. The sample must not be the default. */
export function choice(
  key: string,
  doc: string,
  sample: string,
  groups: Readonly<Record<string, readonly string[]>>,
): Row {
  const places = Object.entries(groups).flatMap(([equals, objects]) =>
    objects.map((object) => ({ object, path: '', equals })),
  );
  return {
    key,
    doc,
    kind: 'choice',
    at: places,
    schema: { type: 'string', enum: Object.keys(groups) },
    sample,
  };
}

export function textMap(key: string, doc: string, places: readonly Place[]): Row {
  const schema = { type: 'object', additionalProperties: { type: ['string', 'null'] } };
  return {
    key,
    doc,
    kind: 'block',
    at: places,
    schema,
    absent: {},
    sample: { 'example.org/key': 'changed' },
  };
}

export function list(
  key: string,
  doc: string,
  places: readonly Place[],
  sample: Json[],
  items: Json,
  minItems = 0,
): Row {
  return {
    key,
    doc,
    kind: 'block',
    at: places,
    schema: { type: 'array', minItems, items },
    absent: [],
    sample,
  };
}
