// Secrets without a secret: empty, with the names of the keys the operator generates in the cluster. They outlive the
// release, or a reinstall would meet old volumes with new passwords.
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import { metadata } from '../lib/metadata.ts';
import { generateAnnotation } from '../lib/names.ts';
import type { Tier } from '../lib/tiers.ts';
import type { Profile } from '../profiles/profile.ts';

export const credentials = {
  'pg-credentials': {
    tier: 'pg',
    generate: 'superuser-password,replication-password,app-password,agent-token',
  },
  'redis-credentials': {
    tier: 'redis',
    generate: 'app-password,replication-password,sentinel-password,operator-password,metrics-password',
  },
  'app-keys': { tier: 'app', generate: 'session-keys:48' },
} as const satisfies Record<string, { tier: Tier; generate: string }>;

export function credentialsChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'credentials');
  if (!profile.generateCredentials) return chart;
  for (const [name, { tier, generate }] of Object.entries(credentials)) {
    add(chart, k8s.KubeSecret, `Secret/${name}`, {
      metadata: metadata(profile.release, name, tier, {
        [generateAnnotation]: generate,
        'helm.sh/resource-policy': 'keep',
      }),
      type: 'Opaque',
    });
  }
  return chart;
}
