// Where in an object a value sits: dots between keys, numbers for positions, `[name=LOG_LEVEL]` for the list entry of
// that name, `["a.b/c"]` for a key with dots.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Container = Json[] | { [key: string]: Json };

export interface Place {
  /** Kind/construct id, as in `Deployment/app`. */
  readonly object: string;
  readonly path: string;
  /** Of a string, only what the first group matches. */
  readonly match?: RegExp;
  /** The place holds "true" or "false": whether the value is this one. */
  readonly equals?: string;
}

export function at(object: string, path: string, match?: RegExp): Place {
  return { object, path, ...(match && { match }) };
}

/** Undefined where nothing is. */
export function readAt(root: Json, path: string): Json | undefined {
  let found: Json | undefined = root;
  for (const step of steps(path)) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = child(found, step);
  }
  return found;
}

/** The last step may be new; everything before it must exist. */
export function writeAt(root: Json, path: string, value: Json): void {
  const all = steps(path);
  const last = all.at(-1) ?? '';
  let parent: Json | undefined = root;
  for (const step of all.slice(0, -1)) {
    parent = typeof parent === 'object' && parent !== null ? child(parent, step) : undefined;
  }
  if (typeof parent !== 'object' || parent === null) throw new Error(`nothing to write into at ${path}`);
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else parent[last] = value;
}

function steps(path: string): string[] {
  return path.match(/\["[^"]+"\]|\[[^\]]+\]|[^.[\]]+/g)?.map((step) => step.replace(/^\["|"\]$/g, '')) ?? [];
}

function child(container: Container, step: string): Json | undefined {
  const named = /^\[(\w+)=(.+)\]$/.exec(step);
  if (!named) return Array.isArray(container) ? container[Number(step)] : container[step];
  const [, key = '', wanted] = named;
  if (!Array.isArray(container)) return undefined;
  return container.find((entry) => readAt(entry, key) === wanted);
}
