// Label selectors as the API defines them. An operator that does not exist matches nothing.
import type { Labels, Requirement, Selector } from '../cluster/objects.ts';

export function selects(selector: Selector, labels: Labels): boolean {
  const pairs = Object.entries(selector.matchLabels);
  if (!pairs.every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)) return false;
  return selector.requirements.every((requirement) => meets(requirement, labels));
}

/** Whether it selects everything, whatever its labels are. */
export function asksNothing({ matchLabels, requirements }: Selector): boolean {
  return Object.keys(matchLabels).length === 0 && requirements.length === 0;
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      // A pod without the label is "not in" as well.
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
