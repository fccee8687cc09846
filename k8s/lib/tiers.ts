// A tier is a set of pods that share a label set and a network policy. Labels come from here only, so that a
// selector cannot miss its pods.

export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
}

export type Tier = 'app' | 'migrate' | 'smoke' | 'pg' | 'redis' | 'sentinel' | 'operator';

const identity: Record<Tier, { readonly name: string; readonly component: string }> = {
  app: { name: 'app', component: 'web' },
  migrate: { name: 'app', component: 'migrate' },
  smoke: { name: 'app', component: 'smoke' },
  pg: { name: 'pg', component: 'database' },
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

export function labelsOf(tier: Tier, release: Release): Record<string, string> {
  return {
    ...selectorOf(tier, release),
    'app.kubernetes.io/part-of': release.name,
    'app.kubernetes.io/version': release.version,
    'app.kubernetes.io/managed-by': 'Helm',
  };
}
