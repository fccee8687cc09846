// Status conditions in the Kubernetes shape. lastTransitionTime moves only when the status flips, so that "Ready
// since" is true; a condition that says the same again leaves the list as it was.
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

export type NewCondition = Omit<Condition, 'lastTransitionTime'>;

export function setCondition(
  conditions: readonly Condition[],
  next: NewCondition,
  now: Date,
): readonly Condition[] {
  const previous = conditions.find((condition) => condition.type === next.type);
  const lastTransitionTime =
    previous?.status === next.status ? previous.lastTransitionTime : now.toISOString().slice(0, 19) + 'Z';
  const merged = { ...next, lastTransitionTime };
  if (!previous) return [...conditions, merged];
  return conditions.map((condition) => (condition.type === next.type ? merged : condition));
}
