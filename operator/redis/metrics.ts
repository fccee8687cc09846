// Metrics of the Redis sets, for alerts on what the status says in words.
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Failover } from './history.ts';
import type { Observed, Verdict } from './model.ts';
import type { Done } from './pass.ts';

export interface RedisMetrics {
  look(set: string, observed: Observed, verdict: Verdict): void;
  actions(set: string, done: readonly Done[]): void;
  failover(set: string, failover: Failover): void;
}

export function createRedisMetrics(registry: Registry): RedisMetrics {
  const registers = [registry];
  const { available, epoch, sequence, offset, tilt } = createGauges(registers);
  const actions = new Counter({
    name: 'quorum_redis_actions_total',
    help: 'Actions of the operator, by kind and result (ok, error).',
    labelNames: ['set', 'kind', 'result'],
    registers,
  });
  const outage = new Histogram({
    name: 'quorum_redis_failover_outage_seconds',
    help: 'How long no master took writes, per failover.',
    labelNames: ['set', 'kind'],
    buckets: [0.25, 0.5, 1, 1.5, 2, 3, 4, 6, 10, 30],
    registers,
  });
  return {
    look: (set, observed, verdict) => {
      available.set({ set }, verdict.master === undefined ? 0 : 1);
      epoch.set({ set }, verdict.epoch);
      for (const { name, answer } of observed.members) {
        sequence.set({ set, member: name }, answer?.sequence ?? 0);
        offset.set({ set, member: name }, answer?.offset ?? 0);
      }
      for (const { name, tilt: tilts } of observed.sentinels) {
        tilt.set({ set, sentinel: name }, tilts ? 1 : 0);
      }
    },
    actions: (set, done) => {
      for (const { action, error } of done) {
        actions.inc({ set, kind: action.kind, result: error ? 'error' : 'ok' });
      }
    },
    failover: (set, failover) => outage.observe({ set, kind: failover.kind }, failover.outageMs / 1_000),
  };
}

function createGauges(registers: Registry[]) {
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]): Gauge<L> =>
    new Gauge({ name: `quorum_redis_${name}`, help, labelNames: [...labelNames], registers });
  return {
    available: gauge('available', '1 while a master takes writes.', ['set']),
    epoch: gauge('epoch', "Sentinel's configuration epoch of the master.", ['set']),
    sequence: gauge('sequence', 'Acknowledged changes in a data set.', ['set', 'member']),
    offset: gauge('offset_bytes', 'Replication offset of a member.', ['set', 'member']),
    tilt: gauge('sentinel_tilt', '1 while a Sentinel distrusts its clock.', ['set', 'sentinel']),
  };
}
