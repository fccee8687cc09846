// One plain Ingress object: its class and annotations are the profile's (Traefik on kind, an ALB on EKS).
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import { metadata } from '../lib/metadata.ts';
import type { Profile } from '../profiles/profile.ts';

export function ingressChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'ingress');
  const { className, host, annotations } = profile.ingress;
  add(chart, k8s.KubeIngress, 'Ingress/app', {
    metadata: metadata(profile.release, 'app', 'app', annotations),
    spec: {
      ingressClassName: className,
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name: 'app', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    },
  });
  return chart;
}
