// values.yaml and values-<profile>.yaml: nested text with each value's meaning above it.
import { stringify } from 'yaml';
import type { Json } from './place.ts';
import type { Row } from './row.ts';

interface Node {
  readonly children: Map<string, Node>;
  row?: Row;
}

export function valuesYaml(
  table: readonly Row[],
  values: ReadonlyMap<string, Json>,
  head: readonly string[],
): string {
  const root: Node = { children: new Map() };
  for (const row of table) place(root, row);
  return `${head.map((line) => `# ${line}\n`).join('')}${print(root, values, 0).join('\n')}\n`;
}

/** Of the rows that differ from the defaults, the new value; Helm merges maps, so keys that shall go become null. */
export function differing(
  table: readonly Row[],
  defaults: ReadonlyMap<string, Json>,
  other: ReadonlyMap<string, Json>,
): { rows: Row[]; values: ReadonlyMap<string, Json> } {
  const rows = table.filter(
    ({ key }) => JSON.stringify(defaults.get(key)) !== JSON.stringify(other.get(key)),
  );
  const values = new Map(rows.map(({ key }) => [key, without(defaults.get(key), other.get(key) ?? null)]));
  return { rows, values };
}

function without(before: Json | undefined, after: Json): Json {
  if (!isMap(before) || !isMap(after)) return after;
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...after };
}

function isMap(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function place(root: Node, row: Row): void {
  let at = root;
  for (const step of row.key.split('.')) {
    const next = at.children.get(step) ?? { children: new Map<string, Node>() };
    at.children.set(step, next);
    at = next;
  }
  at.row = row;
}

function print(node: Node, values: ReadonlyMap<string, Json>, depth: number): string[] {
  const indent = '  '.repeat(depth);
  return [...node.children].flatMap(([name, child]) => {
    if (!child.row) return [`${indent}${name}:`, ...print(child, values, depth + 1)];
    const text = stringify({ [name]: values.get(child.row.key) ?? null }, { lineWidth: 0 }).trimEnd();
    return [`${indent}# ${child.row.doc}`, ...text.split('\n').map((line) => indent + line)];
  });
}
