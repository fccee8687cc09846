// What a row's value is in a given profile: read from the synthesized objects, so that chart and synth cannot differ.
import { addressed } from './objects.ts';
import type { Addressed } from './objects.ts';
import { readAt } from './place.ts';
import type { Json, Place } from './place.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Row } from './row.ts';

/** Key → value. Throws when places of one row disagree: they could not be governed by one key. */
export function valuesOf(profile: Profile, table: readonly Row[]): ReadonlyMap<string, Json> {
  const objects = new Map(addressed(profile).map((object) => [object.address, object]));
  return new Map(table.map((row) => [row.key, valueOf(row, objects)]));
}

function valueOf(row: Row, objects: ReadonlyMap<string, Addressed>): Json {
  if (row.kind === 'toggle') return row.at.every(({ object }) => objects.has(object));
  if (row.kind === 'choice') return chosen(row, objects);
  const found = row.at
    .filter(({ equals }) => equals === undefined)
    .map((place) => at(place, objects.get(place.object)))
    .map((value) => (value === undefined ? row.absent : typed(value, row)));
  const [first] = found;
  if (first === undefined) {
    throw new Error(
      `${row.key}: nothing at ${row.at.map(({ object, path }) => `${object} ${path}`).join(', ')}`,
    );
  }
  if (found.some((value) => JSON.stringify(value) !== JSON.stringify(first))) {
    throw new Error(`${row.key}: its places differ: ${JSON.stringify(found)}`);
  }
  return first;
}

function chosen({ at: places }: Row, objects: ReadonlyMap<string, Addressed>): Json {
  return places.find(({ object }) => objects.has(object))?.equals ?? null;
}

function at(place: Place, object: Addressed | undefined): Json | undefined {
  if (!object) return undefined;
  const value = readAt(object.json, place.path);
  if (!place.match || typeof value !== 'string') return value;
  const captured = place.match.exec(value)?.[1];
  if (captured === undefined) {
    throw new Error(`${place.object} ${place.path}: '${value}' does not match ${place.match}`);
  }
  return captured;
}

/** Environment variables are text; the values behind some of them are not. */
function typed(value: Json, row: Row): Json {
  if (typeof value !== 'string') return value;
  if (row.schema.type === 'integer') return Number(value);
  if (row.schema.type === 'boolean') return value === 'true';
  return value;
}
