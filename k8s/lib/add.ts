// The one way an object gets into a chart. It remembers what it was given, because the generated 1.27 mappers drop
// unknown fields without a word (`preStop: {sleep}` became `preStop: {}`); vanished() says what went missing.
import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { newerFieldsOf } from './newer.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };
type Kind<P> = new (scope: Construct, id: string, props: P) => ApiObject;

const given = new WeakMap<ApiObject, object>();

/** The construct's id is the object's address in the values table: `Deployment/app`, `Job/app-migrate`. */
export function add<P extends object>(scope: Construct, kind: Kind<P>, id: string, props: P): ApiObject {
  const object = new kind(scope, id.replace('/', ':'), props);
  given.set(object, props);
  return object;
}

export function addressOf(object: ApiObject): string {
  return object.node.id.replace(':', '/');
}

/** Paths that were given, and are absent or different in what was synthesized. Empty is the promise. */
export function vanished(object: ApiObject): string[] {
  const props = given.get(object);
  if (!props) return [`${object.node.path}: was not made by add()`];
  const replaced = newerFieldsOf(object);
  return missing(plain(props), object.toJson() as Json, '').filter((path) => !replaced.includes(path));
}

/** Quantity and IntOrString are boxes around their value. */
function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value as Json;
  if (Object.getPrototypeOf(value) !== Object.prototype && 'value' in value) return value.value as Json;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== undefined)
      .map(([key, entry]) => [key, plain(entry)]),
  );
}

function missing(wanted: Json, found: Json | undefined, path: string): string[] {
  if (typeof wanted !== 'object' || wanted === null) return wanted === found ? [] : [path];
  if (typeof found !== 'object' || found === null) return [path];
  return Object.entries(wanted).flatMap(([key, entry]) =>
    missing(entry as Json, sameKey(found, key), path === '' ? key : `${path}.${key}`),
  );
}

/** The L1 types say clusterIp and podIpDomain where Kubernetes says clusterIP and podIPDomain. */
function sameKey(found: object, key: string): Json | undefined {
  const entry = Object.entries(found).find(([name]) => name.toLowerCase() === key.toLowerCase());
  return entry?.[1] as Json | undefined;
}
