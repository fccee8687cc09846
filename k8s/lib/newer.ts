// Fields that Kubernetes has and cdk8s-plus-27's 1.27 schema lacks. addJsonPatch() runs before the generated mapper,
// which drops them silently; this sets them on the mapper's result.
import type { ApiObject } from 'cdk8s';

type Json = Record<string, unknown>;

const newerFields = new WeakMap<ApiObject, string[]>();

/** Sets `path` (dots, array positions as numbers) on the synthesized object; throws when its parent is not there. */
export function newer(object: ApiObject, path: string, value: unknown): void {
  const before = object.toJson.bind(object);
  object.toJson = () => {
    const json = before() as Json;
    setAt(json, path.split('.'), value, `${object.kind}/${object.name}: ${path}`);
    return json;
  };
  newerFields.set(object, [...newerFieldsOf(object), path]);
}

export function newerFieldsOf(object: ApiObject): readonly string[] {
  return newerFields.get(object) ?? [];
}

function setAt(root: Json, path: readonly string[], value: unknown, what: string): void {
  const parents = path.slice(0, -1);
  const last = path.at(-1);
  let at: Json = root;
  for (const step of parents) {
    const next = at[step];
    if (typeof next !== 'object' || next === null) throw new Error(`${what}: nothing at ${step}`);
    at = next as Json;
  }
  if (last !== undefined) at[last] = value;
}
