// What is counted about keeping carts twice: how far Postgres is behind, and what either store did for the other.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { WaitingStats } from './waiting-carts.ts';

export interface CartMetrics {
  readonly events: Counter<'event'>;
  /** Adds gauges that are read at scrape time. */
  readonly observe: (stats: () => WaitingStats) => void;
}

export function createCartMetrics(registry: Registry): CartMetrics {
  const registers = [registry];
  return {
    events: new Counter({
      name: 'shop_cart_store_events_total',
      help: 'What happened between the two copies of carts',
      labelNames: ['event'],
      registers,
    }),
    observe: (stats) => {
      new Gauge({
        name: 'shop_cart_copy_waiting',
        help: 'Carts changed in Redis and not yet written to Postgres',
        registers,
        collect() {
          this.set(stats().waiting);
        },
      });
      new Gauge({
        name: 'shop_cart_copy_lag_seconds',
        help: 'Age of the oldest change that is not yet in Postgres',
        registers,
        collect() {
          this.set(stats().lagMs / 1000);
        },
      });
    },
  };
}
