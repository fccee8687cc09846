// The operator: two pods of which the holder of the Lease acts, and exactly the rights its programs use. A Role, not
// a ClusterRole; Secrets by name, never listed; no exec into pods.
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { account } from '../lib/account.ts';
import { add } from '../lib/add.ts';
import { budget } from '../lib/budget.ts';
import { env, podEnv } from '../lib/env.ts';
import { image } from '../lib/image.ts';
import { metadata } from '../lib/metadata.ts';
import { ports } from '../lib/names.ts';
import { containerSecurity, podTemplate, resources, scratch } from '../lib/pod.ts';
import { http, probes } from '../lib/probes.ts';
import { pairSpread } from '../lib/spread.ts';
import { selectorOf } from '../lib/tiers.ts';
import type { Profile } from '../profiles/profile.ts';
import { certificates, certificateSecrets } from './certificates.ts';
import { credentials } from './credentials.ts';

export function operatorChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'operator');
  account(chart, profile.release, 'operator');
  role(chart, profile);
  deployment(chart, profile);
  budget(chart, profile.release, 'operator');
  return chart;
}

const read = ['get', 'list', 'watch'];

export const operatorRules: readonly k8s.PolicyRule[] = [
  { apiGroups: ['quorum.dev'], resources: ['postgressets', 'redissets'], verbs: read },
  {
    apiGroups: ['quorum.dev'],
    resources: ['postgressets/status', 'redissets/status'],
    verbs: ['get', 'patch', 'update'],
  },
  // Deleting a pod is how a member is replaced under OnDelete; labels show its role.
  { apiGroups: [''], resources: ['pods'], verbs: [...read, 'patch', 'delete'] },
  { apiGroups: [''], resources: ['services'], verbs: read },
  // A bigger size of a set's volumes is asked for here.
  { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: [...read, 'patch'] },
  { apiGroups: ['apps'], resources: ['statefulsets'], verbs: read },
  {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: [...Object.keys(credentials), ...certificateSecrets],
    verbs: ['get', 'patch'],
  },
  {
    apiGroups: ['discovery.k8s.io'],
    resources: ['endpointslices'],
    verbs: [...read, 'create', 'patch'],
  },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
  {
    apiGroups: ['coordination.k8s.io'],
    resources: ['leases'],
    resourceNames: ['operator'],
    verbs: ['get', 'update', 'patch'],
  },
  { apiGroups: ['events.k8s.io', ''], resources: ['events'], verbs: ['create', 'patch'] },
];

function role(chart: Chart, profile: Profile): void {
  const { release } = profile;
  add(chart, k8s.KubeRole, 'Role/operator', {
    metadata: metadata(release, 'operator', 'operator'),
    rules: [...operatorRules],
  });
  add(chart, k8s.KubeRoleBinding, 'RoleBinding/operator', {
    metadata: metadata(release, 'operator', 'operator'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'operator' },
    subjects: [{ kind: 'ServiceAccount', name: 'operator', namespace: release.namespace }],
  });
}

function deployment(chart: Chart, profile: Profile): void {
  const { release } = profile;
  add(chart, k8s.KubeDeployment, 'Deployment/operator', {
    metadata: metadata(release, 'operator', 'operator'),
    spec: {
      replicas: 2,
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorOf('operator', release) },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: {
          maxSurge: k8s.IntOrString.fromNumber(1),
          maxUnavailable: k8s.IntOrString.fromNumber(0),
        },
      },
      template: podTemplate({
        tier: 'operator',
        release,
        serviceAccount: 'operator',
        token: true,
        graceSeconds: 30,
        spread: pairSpread('operator', release),
        containers: [container(profile)],
        volumes: [scratch('tmp', '16Mi')],
      }),
    },
  });
}

function container(profile: Profile): k8s.Container {
  return {
    name: 'operator',
    ...image(profile, 'operator'),
    ports: [{ name: 'ops', containerPort: ports.operatorOps, protocol: 'TCP' }],
    env: [
      ...podEnv('POD_NAME', 'POD_NAMESPACE', 'NODE_NAME'),
      ...env({
        OPS_PORT: ports.operatorOps,
        LOG_LEVEL: profile.logLevel,
        SECRETS: Object.keys(credentials).join(','),
        CERTIFICATES: Object.keys(certificates).join(','),
      }),
    ],
    ...probes({
      startup: http('/livez', 'ops'),
      readiness: http('/readyz', 'ops'),
      liveness: http('/livez', 'ops'),
      startupSeconds: 60,
    }),
    resources: resources(profile.sizes.operator),
    securityContext: containerSecurity,
    volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
  };
}
