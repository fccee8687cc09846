// values.schema.json: unknown keys and wrong types are refused before anything is rendered.
import type { Json } from './place.ts';
import type { Row } from './row.ts';
import { valueRules } from './value-rules.ts';

interface Branch {
  type: 'object';
  additionalProperties: false;
  properties: Record<string, Json | Branch>;
}

export function valuesSchema(table: readonly Row[]): string {
  const root = branch();
  // Helm itself puts `global` into every chart's values.
  root.properties.global = { type: 'object' };
  for (const row of table) {
    const steps = row.key.split('.');
    const parent = steps.slice(0, -1).reduce(descend, root);
    parent.properties[steps.at(-1) ?? ''] = { description: row.doc, ...row.schema };
  }
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Values of myclothes',
    ...root,
    allOf: valueRules,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function descend(parent: Branch, step: string): Branch {
  const found = parent.properties[step] as Branch | undefined;
  const next = found ?? branch();
  parent.properties[step] = next;
  return next;
}

function branch(): Branch {
  return { type: 'object', additionalProperties: false, properties: {} };
}
