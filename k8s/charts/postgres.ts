// Postgres: three members under the agent that supervises them, two Services whose endpoints the operator writes, and
// the custom resource that says what the set shall be.
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
import { certificateKeys, containerSecurity, podTemplate, resources, scratch } from '../lib/pod.ts';
import { optionalSecretVolume, secretMount, secretVolume } from '../lib/pod.ts';
import { https, probes } from '../lib/probes.ts';
import { peersService, servicePorts } from '../lib/service.ts';
import { storeSpread } from '../lib/spread.ts';
import { selectorOf } from '../lib/tiers.ts';
import { volumeClaim } from '../lib/volume-claim.ts';
import type { Profile } from '../profiles/profile.ts';

const named = { postgres: ports.postgres, agent: ports.agent };
const secret = 'pg-credentials';
const tlsSecret = 'pg-tls';
const secretKeys = ['superuser-password', 'replication-password', 'app-password', 'agent-token'];
/** Brought by whoever has the bucket; its keys appear in running pods when it is made. */
const backupSecret = 'pg-backup';
const backupVolumes: readonly k8s.Volume[] = [
  optionalSecretVolume(backupSecret, ['access-key', 'secret-key', 'ca.crt']),
  // Without a claim it is a folder of the pod: only a repository of kind volume needs one.
  { name: 'backup' },
];
/** A fast stop, a last checkpoint and a switchover must fit in. */
const graceSeconds = 60;

export function postgresChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'postgres');
  const { release } = profile;
  account(chart, release, 'pg');
  peersService(chart, release, 'pg', named);
  for (const name of ['pg-rw', 'pg-ro']) routedService(chart, profile, name);
  for (const pods of [voting, reading]) {
    statefulSet(chart, profile, pods);
    budget(chart, release, pods.tier);
  }
  resource(chart, profile);
  return chart;
}

/** No selector: the operator alone writes the EndpointSlice, after a commit of the new primary was acknowledged. */
function routedService(chart: Chart, profile: Profile, name: string): void {
  add(chart, k8s.KubeService, `Service/${name}`, {
    metadata: metadata(profile.release, name, 'pg'),
    spec: { ports: servicePorts({ postgres: ports.postgres }) },
  });
}

interface Pods {
  readonly name: string;
  readonly tier: 'pg' | 'readers';
  readonly replicas: number;
  /** Of members the operator decides who is replaced when: standbys first, then a switchover. */
  readonly update: 'OnDelete' | 'RollingUpdate';
}

const voting: Pods = { name: 'pg', tier: 'pg', replicas: 3, update: 'OnDelete' };
/** They follow as standbys do, never vote and never acknowledge. */
const reading: Pods = { name: 'pg-read', tier: 'readers', replicas: 0, update: 'RollingUpdate' };

function statefulSet(chart: Chart, profile: Profile, { name, tier, replicas, update }: Pods): void {
  const { release } = profile;
  add(chart, k8s.KubeStatefulSet, `StatefulSet/${name}`, {
    metadata: metadata(release, name, tier),
    spec: {
      serviceName: 'pg-peers',
      replicas,
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: update },
      revisionHistoryLimit: 3,
      selector: { matchLabels: selectorOf(tier, release) },
      template: podTemplate({
        tier,
        release,
        serviceAccount: 'pg',
        graceSeconds,
        tlsSecret,
        spread: storeSpread(tier, release),
        containers: [container(profile)],
        volumes: [
          ...[scratch('run', '16Mi'), scratch('tmp', '64Mi'), secretVolume(secret, secretKeys)],
          secretVolume(tlsSecret, certificateKeys),
          ...backupVolumes,
        ],
      }),
      volumeClaimTemplates: [
        volumeClaim(tier, release, profile.storage.className, profile.storage.postgres),
      ],
    },
  });
}

function container(profile: Profile): k8s.Container {
  return {
    name: 'postgres',
    ...image(profile, 'postgres'),
    ports: Object.entries(named).map(([name, containerPort]) => ({ name, containerPort, protocol: 'TCP' })),
    env: [
      ...podEnv('POD_NAME', 'POD_NAMESPACE', 'POD_IP', 'NODE_NAME'),
      ...env({
        CLUSTER_NAME: 'pg',
        // Those a set begins with: it grows by what the operator tells, not by another template for every member.
        MEMBERS: members('pg').join(','),
        PEERS_DOMAIN: `pg-peers.${profile.release.namespace}.svc`,
        DATABASE: 'app',
        DATABASE_OWNER: 'app',
        PGDATA: '/var/lib/postgresql/data/pgdata',
        AGENT_PORT: ports.agent,
        POSTGRES_PORT: ports.postgres,
        CREDENTIALS_DIR: `${secretsFolder}/${secret}`,
        TLS_DIR: `${secretsFolder}/${tlsSecret}`,
      }),
    ],
    ...probes({
      startup: https('/startupz', 'agent'),
      readiness: https('/readyz', 'agent'),
      liveness: https('/livez', 'agent'),
      startupSeconds: 300,
      // A starved machine must not kill databases: the operator, not the kubelet, moves the work.
      livenessSeconds: 180,
    }),
    resources: resources(profile.sizes.postgres),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: 'data', mountPath: '/var/lib/postgresql/data' },
      { name: 'run', mountPath: '/run/postgresql' },
      { name: 'tmp', mountPath: '/tmp' },
      secretMount(secret),
      secretMount(tlsSecret),
      secretMount(backupSecret),
      { name: 'backup', mountPath: '/var/lib/pgbackrest' },
    ],
  };
}

function resource(chart: Chart, profile: Profile): void {
  add(chart, ApiObject, 'PostgresSet/pg', {
    apiVersion: 'quorum.dev/v1alpha1',
    kind: 'PostgresSet',
    metadata: metadata(profile.release, 'pg', 'pg'),
    spec: {
      statefulSet: 'pg',
      members: 3,
      readReplicas: 0,
      database: 'app',
      owner: 'app',
      credentialsSecret: secret,
      services: { rw: 'pg-rw', ro: 'pg-ro', peers: 'pg-peers' },
    },
  });
}
