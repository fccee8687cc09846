// What a dashboard needs to see of the sets.
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Observed } from './observed.ts';

export interface PostgresMetrics {
  readonly elections: Counter<'set'>;
  readonly failoverSeconds: Histogram<'set'>;
  observe(set: string, observed: Observed): void;
}

export function createPostgresMetrics(registry: Registry): PostgresMetrics {
  const registers = [registry];
  const term = new Gauge({
    name: 'quorum_postgres_term',
    help: 'Present term.',
    labelNames: ['set'],
    registers,
  });
  const streaming = new Gauge({
    name: 'quorum_postgres_streaming_standbys',
    help: 'Standbys that receive WAL.',
    labelNames: ['set'],
    registers,
  });
  return {
    elections: new Counter({
      name: 'quorum_postgres_elections_total',
      help: 'Ballots begun.',
      labelNames: ['set'],
      registers,
    }),
    failoverSeconds: new Histogram({
      name: 'quorum_postgres_failover_seconds',
      help: 'From the decision to a new primary that serves.',
      labelNames: ['set'],
      buckets: [0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 3, 5, 10, 30],
      registers,
    }),
    observe: (set, { ballot, members }) => {
      term.set({ set }, ballot?.term ?? 0);
      streaming.set(
        { set },
        members.filter(({ contact, status }) => contact === 'up' && status?.streaming).length,
      );
    },
  };
}
