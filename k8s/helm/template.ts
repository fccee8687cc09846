// Synthesized object → Helm template: a sentinel at each place of the values table on the final JSON, then text
// replacement on the YAML, where a sentinel is a whole word and cannot be mistaken for anything else.
import { stringify } from 'yaml';
import type { Addressed } from './objects.ts';
import { readAt, writeAt } from './place.ts';
import type { Json, Place } from './place.ts';
import type { Row } from './row.ts';

export const releaseName = 'sentinel-release';
export const releaseNamespace = 'sentinel-namespace';

interface Mark {
  readonly row: Row;
  readonly place: Place;
  /** A number or boolean in the object: no quotes around it. */
  readonly bare: boolean;
}

export function toTemplate(object: Addressed, table: readonly Row[]): string {
  const json = structuredClone(object.json);
  if (JSON.stringify(json).includes('{{')) {
    throw new Error(`${object.address}: holds '{{', which Helm would run`);
  }
  const marks: Mark[] = [];
  for (const row of table) {
    for (const place of row.at) {
      if (place.object === object.address && place.path !== '') mark(json, row, place, marks);
    }
  }
  const yaml = stringify(json, { lineWidth: 0, aliasDuplicateObjects: false });
  const lines = yaml
    .trimEnd()
    .split('\n')
    .map((line) => replace(line, marks));
  const text = `${lines.join('\n')}\n`
    .replaceAll(releaseNamespace, '{{ .Release.Namespace }}')
    .replaceAll(releaseName, '{{ .Release.Name }}');
  return wrapped(text, object.address, table);
}

function mark(json: Json, row: Row, place: Place, marks: Mark[]): void {
  const before = readAt(json, place.path);
  const sentinel = `SENTINEL${marks.length}X`;
  marks.push({ row, place, bare: typeof before === 'number' || typeof before === 'boolean' });
  if (place.match === undefined) {
    writeAt(json, place.path, sentinel);
    return;
  }
  if (typeof before !== 'string') throw new Error(`${place.object} ${place.path}: not a string`);
  const indices = new RegExp(place.match.source, 'd').exec(before)?.indices?.[1];
  if (!indices) throw new Error(`${place.object} ${place.path}: '${before}' does not match`);
  writeAt(json, place.path, before.slice(0, indices[0]) + sentinel + before.slice(indices[1]));
}

function replace(line: string, marks: readonly Mark[]): string {
  const block = /^(?<indent> *)(?<dash>- )?(?<key>\S+): SENTINEL(?<mark>\d+)X$/.exec(line);
  const { indent = '', dash = '', key = '', mark: number } = block?.groups ?? {};
  const meant = marks[Number(number)];
  if (!block || !meant) return replaceWithin(line, marks);
  if (meant.row.kind === 'block') return blockLines(meant.row.key, indent, dash, key);
  return `${indent}${dash}${key}: ${meant.bare ? `{{ ${expression(meant)} }}` : `{{ ${expression(meant)} | quote }}`}`;
}

/** `with`: an empty map or list leaves no trace, as it leaves none in synth. First in a list entry it cannot vanish. */
function blockLines(key: string, indent: string, dash: string, name: string): string {
  const depth = indent.length + dash.length + 2;
  if (dash !== '') {
    return `${indent}${dash}${name}:\n${indent}    {{- toYaml .Values.${key} | nindent ${depth} }}`;
  }
  return [
    `${indent}{{- with .Values.${key} }}`,
    `${indent}${name}:`,
    `${indent}  {{- toYaml . | nindent ${depth} }}`,
    `${indent}{{- end }}`,
  ].join('\n');
}

/** Values inside a longer string; quoted, because what they bring could end a plain one. */
function replaceWithin(line: string, marks: readonly Mark[]): string {
  if (!/SENTINEL\d+X/.test(line)) return line;
  const [, head = '', body = ''] = /^(.*?: )"?(.*?)"?$/.exec(line) ?? [];
  const filled = body.replaceAll(/SENTINEL(\d+)X/g, (_, index) => {
    const meant = marks[Number(index)];
    return meant ? `{{ ${expression(meant)} }}` : '';
  });
  return `${head}"${filled}"`;
}

function expression({ row, place }: Mark): string {
  if (place.equals !== undefined) return `eq .Values.${row.key} "${place.equals}"`;
  return row.schema.type === 'integer' ? `int64 .Values.${row.key}` : `.Values.${row.key}`;
}

function wrapped(text: string, address: string, table: readonly Row[]): string {
  const [condition] = table.flatMap((row) =>
    row.at
      .filter(({ object, path }) => object === address && path === '')
      .map((place) => conditionOf(row, place)),
  );
  return condition === undefined ? text : `{{- if ${condition} }}\n${text}{{- end }}\n`;
}

function conditionOf({ key }: Row, { equals }: Place): string {
  return equals === undefined ? `.Values.${key}` : `eq .Values.${key} "${equals}"`;
}
