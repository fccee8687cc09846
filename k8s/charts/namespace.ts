// The namespace, with Pod Security "restricted" enforced. `make deploy` applies it before the chart; the chart does
// not hold it, because Helm keeps its release inside the namespace and an uninstall would take the volumes with it.
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import type { Profile } from '../profiles/profile.ts';

const restricted = Object.fromEntries(
  ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted']),
);

export function namespaceChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'namespace');
  const { namespace } = profile.release;
  add(chart, k8s.KubeNamespace, `Namespace/${namespace}`, {
    metadata: {
      name: namespace,
      labels: {
        ...restricted,
        'app.kubernetes.io/name': namespace,
        'app.kubernetes.io/part-of': profile.release.name,
        ...profile.namespaceLabels,
      },
    },
  });
  return chart;
}
