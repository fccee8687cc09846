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
  certificateKeys,
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
  readonly graceSeconds: number;
  readonly settings: Readonly<Record<string, string | number>>;
  readonly preStop?: readonly string[];
}

const secret = 'redis-credentials';
const tlsSecret = 'redis-tls';
const secretKeys = [
  'app-password',
  'replication-password',
  'sentinel-password',
  'operator-password',
  'metrics-password',
];

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
      // preStop hands the master role over: fence, wait for equal offsets, fail over.
      graceSeconds: 60,
      preStop: ['redis-node-pre-stop'],
      settings: { MAXMEMORY: profile.redis.maxMemory, REPL_BACKLOG_SIZE: profile.redis.backlog },
    },
    {
      tier: 'sentinel',
      program: 'sentinel-node',
      port: ports.sentinel,
      size: profile.sizes.sentinel,
      storage: profile.storage.sentinel,
      graceSeconds: 10,
      settings: { DOWN_AFTER_MS: 3000, FAILOVER_TIMEOUT_MS: 10_000 },
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
        graceSeconds: node.graceSeconds,
        serviceLinks: true,
        tlsSecret,
        spread: storeSpread(node.tier, release),
        containers: [container(profile, node)],
        volumes: [
          scratch('tmp', '32Mi'),
          secretVolume(secret, secretKeys),
          secretVolume(tlsSecret, certificateKeys),
        ],
      }),
      volumeClaimTemplates: [volumeClaim(node.tier, release, profile.storage.className, node.storage)],
    },
  });
}

function container(profile: Profile, node: Node): k8s.Container {
  const probe = (kind: string) => exec(`${node.tier}-probe`, kind);
  return {
    name: node.tier,
    ...image(profile, 'redis'),
    command: ['tini', '--', node.program],
    ports: [{ name: node.tier, containerPort: node.port, protocol: 'TCP' }],
    env: [
      ...podEnv('POD_NAME', 'POD_NAMESPACE'),
      ...env({
        MEMBERS: members('redis').join(','),
        SENTINELS: members('sentinel').join(','),
        MASTER_NAME: 'main',
        CREDENTIALS_DIR: `${secretsFolder}/${secret}`,
        TLS_DIR: `${secretsFolder}/${tlsSecret}`,
        ...node.settings,
      }),
    ],
    ...probes({
      startup: probe('live'),
      readiness: probe('ready'),
      liveness: probe('live'),
      startupSeconds: 180,
      // Six pods start three processes for each answer: asked twice as often, the idle cluster took 0.70 core, now 0.57.
      periodSeconds: 10,
      livenessPeriodSeconds: 30,
      // A hung master is failed over within seconds; killing one that merely starves would make it worse.
      livenessSeconds: 180,
    }),
    ...(node.preStop && { lifecycle: { preStop: exec(...node.preStop) } }),
    resources: resources(node.size),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'tmp', mountPath: '/tmp' },
      secretMount(secret),
      secretMount(tlsSecret),
    ],
  };
}

function resource(chart: Chart, profile: Profile): void {
  add(chart, ApiObject, 'RedisSet/redis', {
    apiVersion: 'quorum.dev/v1alpha1',
    kind: 'RedisSet',
    metadata: metadata(profile.release, 'redis', 'redis'),
    spec: {
      statefulSet: 'redis',
      sentinelStatefulSet: 'sentinel',
      members: 3,
      sentinels: 3,
      masterName: 'main',
      credentialsSecret: secret,
    },
  });
}
