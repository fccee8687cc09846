// The operator's own metrics. A registry is made per process and handed on, so that tests never share counters.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface RuntimeMetrics {
  readonly registry: Registry;
  readonly reconciles: Counter<'controller' | 'result'>;
  readonly reconcileSeconds: Histogram<'controller'>;
  readonly leader: Gauge;
  readonly queueKeys: Gauge<'controller'>;
}

export function createMetrics(): RuntimeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'quorum_' });
  const registers = [registry];
  return {
    registry,
    reconciles: new Counter({
      name: 'quorum_reconcile_total',
      help: 'Passes of a controller, by result (ok, error).',
      labelNames: ['controller', 'result'],
      registers,
    }),
    reconcileSeconds: new Histogram({
      name: 'quorum_reconcile_seconds',
      help: 'How long one pass took.',
      labelNames: ['controller'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers,
    }),
    leader: new Gauge({ name: 'quorum_is_leader', help: '1 while this process leads.', registers }),
    queueKeys: new Gauge({
      name: 'quorum_queue_keys',
      help: 'Objects known to the work queue.',
      labelNames: ['controller'],
      registers,
    }),
  };
}
