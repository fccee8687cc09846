// Redis: three data members and, apart from them, three Sentinels, each with its own stable address, and the custom
// resource that says what the set shall be.
import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { account } from '../lib/account.ts';
import { add } from '../lib/add.ts';
import { budget } from '../lib/budget.ts';
import { env, podEnv } from '../lib/env.ts';
import { image } from '../lib/image.ts';
import { metadata } from '../lib/metadata.ts';
import { members, ports, secretsFolder } from '../lib/names.ts';
import {
  containerSecurity,
  podTemplate,
  resources,
  scratch,
  secretMount,
  secretVolume,
} from '../lib/pod.ts';
import type { Size } from '../lib/pod.ts';
import { exec, probes } from '../lib/probes.ts';
import { peersService, podService } from '../lib/service.ts';
import { storeSpread } from '../lib/spread.ts';
import { selectorOf } from '../lib/tiers.ts';
import { volumeClaim } from '../lib/volume-claim.ts';
import type { Profile } from '../profiles/profile.ts';

interface Node {
  readonly tier: 'redis' | 'sentinel';
  readonly program: string;
  readonly port: number;
  readonly size: Size;
  readonly storage: string;
  readonly secretKeys: readonly string[];
}

const secret = 'redis-credentials';
/** preStop hands the master role over: fence, wait for equal offsets, fail over. */
const graceSeconds = 60;

export function redisChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'redis');
  for (const node of nodes(profile)) {
    const named = { [node.tier]: node.port };
    account(chart, profile.release, node.tier);
    peersService(chart, profile.release, node.tier, named);
    for (const pod of members(node.tier)) podService(chart, profile.release, node.tier, pod, named);
    statefulSet(chart, profile, node);
    budget(chart, profile.release, node.tier);
  }
  resource(chart, profile);
  return chart;
}

function nodes(profile: Profile): Node[] {
  return [
    {
      tier: 'redis',
      program: 'redis-node',
      port: ports.redis,
      size: profile.sizes.redis,
      storage: profile.storage.redis,
      secretKeys: [
        'app-password',
        'replication-password',
        'sentinel-password',
        'operator-password',
        'metrics-password',
      ],
    },
    {
      tier: 'sentinel',
      program: 'sentinel-node',
      port: ports.sentinel,
      size: profile.sizes.sentinel,
      storage: profile.storage.sentinel,
      secretKeys: ['sentinel-password', 'operator-password', 'metrics-password', 'app-password'],
    },
  ];
}

function statefulSet(chart: Chart, profile: Profile, node: Node): void {
  const { release } = profile;
  add(chart, k8s.KubeStatefulSet, `StatefulSet/${node.tier}`, {
    metadata: metadata(release, node.tier, node.tier),
    spec: {
      serviceName: `${node.tier}-peers`,
      replicas: 3,
      podManagementPolicy: 'Parallel',
      // The operator decides who is replaced when: replicas first, then a planned switch.
      updateStrategy: { type: 'OnDelete' },
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorOf(node.tier, release) },
      template: podTemplate({
        tier: node.tier,
        release,
        serviceAccount: node.tier,
        graceSeconds,
        spread: storeSpread(node.tier, release),
        containers: [container(profile, node)],
        volumes: [scratch('tmp', '32Mi'), secretVolume(secret, node.secretKeys)],
      }),
      volumeClaimTemplates: [volumeClaim(node.tier, release, profile.storage.className, node.storage)],
    },
  });
}

function container(profile: Profile, node: Node): k8s.Container {
  const probe = (kind: string) => exec(node.program, 'probe', kind);
  return {
    name: node.tier,
    ...image(profile, 'redis'),
    command: [node.program],
    ports: [{ name: node.tier, containerPort: node.port, protocol: 'TCP' }],
    env: [
      ...podEnv('POD_NAME', 'POD_NAMESPACE', 'POD_IP', 'NODE_NAME'),
      ...env({
        MEMBERS: members('redis').join(','),
        SENTINELS: members('sentinel').join(','),
        MASTER_NAME: 'main',
        CREDENTIALS_DIR: `${secretsFolder}/${secret}`,
      }),
    ],
    ...probes({
      startup: probe('startup'),
      readiness: probe('readiness'),
      liveness: probe('liveness'),
      startupSeconds: 120,
    }),
    resources: resources(node.size),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'tmp', mountPath: '/tmp' },
      secretMount(secret),
    ],
  };
}

function resource(chart: Chart, profile: Profile): void {
  add(chart, ApiObject, 'RedisSet/redis', {
    apiVersion: 'quorum.dev/v1alpha1',
    kind: 'RedisSet',
    metadata: metadata(profile.release, 'redis', 'redis'),
    spec: {
      statefulSets: { redis: 'redis', sentinel: 'sentinel' },
      members: 3,
      masterName: 'main',
      credentialsSecret: secret,
    },
  });
}
