// A tier is a set of pods that share a label set and a network policy. Labels come from here only, so that a
// selector cannot miss its pods.

export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
}

export type Tier = 'app' | 'migrate' | 'smoke' | 'pg' | 'readers' | 'redis' | 'sentinel' | 'operator';

const identity: Record<Tier, { readonly name: string; readonly component: string }> = {
  app: { name: 'app', component: 'web' },
  migrate: { name: 'app', component: 'migrate' },
  smoke: { name: 'app', component: 'smoke' },
  pg: { name: 'pg', component: 'database' },
  readers: { name: 'pg-read', component: 'database' },
  redis: { name: 'redis', component: 'cache' },
  sentinel: { name: 'sentinel', component: 'quorum' },
  operator: { name: 'operator', component: 'controller' },
};

export const tiers = Object.keys(identity) as readonly Tier[];

/** Only what never changes: a selector is immutable, a version is not. */
export function selectorOf(tier: Tier, release: Release): Record<string, string> {
  return {
    'app.kubernetes.io/name': identity[tier].name,
    'app.kubernetes.io/instance': release.name,
    'app.kubernetes.io/component': identity[tier].component,
  };
}

/** Labels of an object; `network` is for what belongs to no tier. */
export function labelsOf(owner: Tier | 'network', release: Release): Record<string, string> {
  const network = { 'app.kubernetes.io/name': 'network', 'app.kubernetes.io/instance': release.name };
  return {
    ...(owner === 'network' ? network : selectorOf(owner, release)),
    'app.kubernetes.io/part-of': release.name,
    'app.kubernetes.io/version': release.version,
    'app.kubernetes.io/managed-by': 'Helm',
  };
}

/** Labels of a pod: without the version, or a new chart would replace every database pod for the sake of a label. */
export function podLabelsOf(tier: Tier, release: Release): Record<string, string> {
  return {
    ...selectorOf(tier, release),
    'app.kubernetes.io/part-of': release.name,
    'app.kubernetes.io/managed-by': 'Helm',
  };
}
