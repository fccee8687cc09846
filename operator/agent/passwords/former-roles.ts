// Under which names the former passwords of a role still let in, the newest first. The shop knows the same names.
const GENERATIONS = [1, 2];

export function formerRoles(role: string): readonly string[] {
  return GENERATIONS.map((generation) => `${role}_before_${generation}`);
}
