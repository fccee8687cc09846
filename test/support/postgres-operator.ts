// The production keeper of a PostgresSet over real agents, with the Kubernetes API in memory: failovers without a
// cluster.
import type pg from 'pg';
import type { AgentStatus } from '../../operator/agent/protocol.ts';
import { PASSWORD_KEYS } from '../../operator/agent/passwords/known-passwords.ts';
import { createPostgresMetrics } from '../../operator/postgres/postgres-metrics.ts';
import { POSTGRES_SETS } from '../../operator/postgres/resource.ts';
import type { PostgresSet as SetResource, PostgresSetStatus } from '../../operator/postgres/resource.ts';
import { createSetKeeper } from '../../operator/postgres/set-keeper.ts';
import { systemClock } from '../../operator/runtime/clock.ts';
import type { EventInput } from '../../operator/runtime/events.ts';
import { silentLogger } from '../../operator/runtime/log.ts';
import { createMetrics } from '../../operator/runtime/metrics.ts';
import { ENDPOINT_SLICES, objectPath, SECRETS } from '../../operator/runtime/paths.ts';
import { createQueue } from '../../operator/runtime/queue.ts';
import { createSecretReader } from '../../operator/runtime/secret-reader.ts';
import { TLS_ANNOTATION } from '../../operator/runtime/transport.ts';
import { createMemoryApi } from './memory-api.ts';
import type { MemoryApi } from './memory-api.ts';
import type { PostgresSet } from './postgres-set.ts';

export interface LocalOperator {
  readonly api: MemoryApi;
  status(): PostgresSetStatus;
  /** The members behind a Service, as its EndpointSlice says. */
  routed(service: 'pg-rw' | 'pg-ro'): readonly string[];
  /** As if somebody edited the resource. */
  editSpec(changes: Partial<SetResource['spec']>): void;
  /** As if somebody edited the Secret; the members' files do not change. */
  editPasswords(changes: Readonly<Record<string, string>>): void;
  /** What people were told so far. */
  readonly events: readonly EventInput[];
  statuses(): Promise<readonly AgentStatus[]>;
  stop(): Promise<void>;
}

const NAMESPACE = 'ns';
const PATH = objectPath(POSTGRES_SETS, NAMESPACE, 'pg');

const spec: SetResource['spec'] = {
  ...{ statefulSet: 'pg', members: 3, database: 'app', owner: 'app', credentialsSecret: 'pg-credentials' },
  services: { rw: 'pg-rw', ro: 'pg-ro', peers: 'pg-peers' },
};

export function startLocalOperator(set: PostgresSet, more: Partial<SetResource['spec']> = {}): LocalOperator {
  const api = createMemoryApi();
  api.put(PATH, {
    metadata: { name: 'pg', namespace: NAMESPACE, uid: 'u', generation: 1 },
    spec: { ...spec, ...more },
  });
  const secret = (name: string, texts: Readonly<Record<string, string>>): void => {
    api.put(objectPath(SECRETS, NAMESPACE, name), {
      metadata: { name },
      data: Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, btoa(text)])),
    });
  };
  const passwords = Object.fromEntries(PASSWORD_KEYS.map((key) => [key, set.password(key)]));
  secret('pg-credentials', passwords);
  if (set.certificates) secret('pg-tls', { 'ca.crt': set.certificates.ca });
  const { events, queue, stop } = keepSet(api, set);
  const read = (): SetResource => api.get(PATH) as SetResource;
  return {
    ...{ api, events, stop },
    status: () => read().status ?? {},
    routed: (service) => {
      const slice = api.get(objectPath(ENDPOINT_SLICES, NAMESPACE, service)) as unknown as Slice | undefined;
      return (slice?.endpoints ?? []).map(({ targetRef }) => targetRef.name);
    },
    editSpec: (changes) => {
      const resource = read();
      api.put(PATH, { ...resource, spec: { ...resource.spec, ...changes } });
      queue.add('pg');
    },
    editPasswords: (changes) => secret('pg-credentials', Object.assign(passwords, changes)),
    statuses: () => Promise.all(set.members.map((member) => member.status())),
  };
}

/** The keeper of the set with what it lives on, at work from now on. */
function keepSet(api: MemoryApi, set: PostgresSet) {
  const common = { api, clock: systemClock, log: silentLogger, namespace: NAMESPACE };
  const enqueue = (): void => queue.add('pg');
  const secrets = createSecretReader(common, enqueue);
  const annotations: Record<string, string> = set.certificates ? { [TLS_ANNOTATION]: 'pg-tls' } : {};
  const events: EventInput[] = [];
  const metrics = createMetrics();
  const keeper = createSetKeeper({
    context: {
      ...{ ...common, metrics, enqueue, identity: 'test' },
      events: { record: (_about, event) => events.push(event) },
      isLeader: () => true,
    },
    name: 'pg',
    metrics: createPostgresMetrics(metrics.registry),
    read: () => api.get(PATH) as SetResource,
    pod: (name) => ({
      metadata: { name, uid: name, annotations },
      status: { podIP: '127.0.0.1', phase: 'Running' },
    }),
    secrets,
    agentPort: (name) => set.member(name).target.port,
  });
  const onError = (_key: string, error: unknown): never => {
    throw error;
  };
  const queue = createQueue({ clock: systemClock, work: () => keeper.reconcile(), onError });
  enqueue();
  const stop = async (): Promise<void> => {
    await queue.stop();
    keeper.stop();
    secrets.stop();
  };
  return { events, queue, stop };
}

/** A client of whom writers are sent to; rejects while that is nobody. */
export function connectWriter(set: PostgresSet, operator: LocalOperator): Promise<pg.Client> {
  const [name] = operator.routed('pg-rw');
  if (name === undefined) return Promise.reject(new Error('nobody is routed'));
  return set.connect(name);
}

interface Slice {
  readonly endpoints: readonly { readonly targetRef: { readonly name: string } }[];
}
