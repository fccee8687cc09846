// What the fuzz sends: a request that is right, with at most two of its fields changed, missing or added, so that it
// gets past all checks but the ones that are meant. The changes are named by number, because fast-check shrinks numbers.
import { createHash } from 'node:crypto';
import fc from 'fast-check';

/** Everything about a request that may be changed. */
export interface Fields {
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Change {
  readonly kind: 'set' | 'drop' | 'add';
  /** Which field, counted over all there are and begun again behind the last. */
  readonly at: number;
  readonly value: unknown;
}

export interface Shot {
  readonly changes: readonly Change[];
  /** Sent the way its route does not expect it: a form to the API, JSON to a page. */
  readonly asOther: boolean;
}

export const UNCHANGED: Shot = { changes: [], asOther: false };

/** Values that a form could hold. */
const sensible = fc.constantFrom<unknown>(
  ...['1', '3', '0', '49.90', '10115', 'Ada', 'a long enough password', 'shopper@example.org'],
  ...['DE', 'FR', 'standard', 'express', 'en', 'EUR', 'paid', 'shipped', 'cancelled', '/cart'],
  // Declined, and paid.
  ...['4000000000000002', '4242424242424242', '12/34', '123'],
  ...['8a6f0c1e-6f0b-4d5e-9b0a-1d2c3b4a5f60', 1, 3, 0, 4_990],
);

/** Values that none should. */
export const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom<unknown>('\u0000', 'x'.repeat(5_000), "' OR 1=1 --", '../../etc/passwd', '%00', '{{7*7}}'),
  fc.constantFrom<unknown>(null, -1, 1e308, 2 ** 53, true, [], {}, ['a', 'b'], '\ud800', '-0', 'NaN', '1e9'),
  fc.jsonValue({ maxDepth: 2 }),
);

export function shots(): fc.Arbitrary<Shot> {
  const change = fc.record<Change>({
    kind: fc.oneof(
      { arbitrary: fc.constant('set' as const), weight: 4 },
      { arbitrary: fc.constantFrom('drop' as const, 'add' as const), weight: 1 },
    ),
    at: fc.nat(100),
    value: fc.oneof(sensible, odd),
  });
  return fc.record({
    changes: fc.array(change, { minLength: 0, maxLength: 2 }),
    asOther: fc.oneof(
      { arbitrary: fc.constant(false), weight: 5 },
      { arbitrary: fc.constant(true), weight: 1 },
    ),
  });
}

type Json = Record<string, unknown>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object of the request with each name in it: `body`'s `address` as well as its `street`. */
function placesIn(object: Json): { readonly object: Json; readonly name: string }[] {
  return Object.entries(object).flatMap(([name, value]) => [
    { object, name },
    ...(isObject(value) ? placesIn(value) : []),
  ]);
}

function apply(fields: Json, { kind, at, value }: Change): void {
  const places = Object.values(fields)
    .filter(isObject)
    .flatMap((part) => placesIn(part));
  const place = places[at % Math.max(1, places.length)];
  if (kind === 'add' || place === undefined) return void ((fields.body as Json).unexpected = value);
  // A path without one of its parts is another route.
  const drops = kind === 'drop' && place.object !== fields.params;
  if (drops) Reflect.deleteProperty(place.object, place.name);
  else place.object[place.name] = value;
}

export function changed(fields: Fields, { changes }: Shot): Fields {
  const copy = structuredClone(fields) as unknown as Json;
  for (const change of changes) apply(copy, change);
  return copy as unknown as Fields;
}

export function textOf(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
}

/** As a page's form is sent. */
export function formOf(body: Fields['body']): string {
  return new URLSearchParams(
    Object.entries(body).map(([name, value]): [string, string] => [name, textOf(value)]),
  ).toString();
}

/** The same for a route in every run, and another one for each route. */
export function seedOf(route: string, base: number): number {
  return (Number.parseInt(createHash('sha1').update(route).digest('hex').slice(0, 7), 16) + base) | 0;
}
