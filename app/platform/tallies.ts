// Counting what happens with every request. prom-client checks and looks up the labels each time, 2 to 3 µs; here they
// are given once, or found by their values, and prom-client is told when it is read.
import { Counter } from 'prom-client';
import type { Metric, MetricValueWithName, Registry } from 'prom-client';

export interface TallyOptions<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
}

/** A counter that is given its labels once and for all. */
export interface Tallies<L extends string> {
  readonly of: (labels: Readonly<Record<L, string>>) => () => void;
}

export function tallies<L extends string>(registry: Registry, options: TallyOptions<L>): Tallies<L> {
  const known: { readonly labels: Readonly<Record<L, string>>; count: number }[] = [];
  new Counter<L>({
    ...options,
    registers: [registry],
    collect() {
      for (const tally of known) {
        this.inc(tally.labels, tally.count);
        tally.count = 0;
      }
    },
  });
  return {
    of: (labels) => {
      const tally = { labels, count: 0 };
      known.push(tally);
      return () => {
        tally.count += 1;
      };
    },
  };
}

/** A histogram. */
export interface Spread {
  /** `labels` in the order of the label names, each of a few values known beforehand. */
  readonly observe: (value: number, ...labels: readonly (string | number)[]) => void;
}

interface SpreadTally {
  readonly labels: Readonly<Record<string, string>>;
  /** Per bucket, and last of what is above all of them; not added up. */
  readonly counts: number[];
  sum: number;
}

type Samples = MetricValueWithName<string>[];

function samplesOf(name: string, buckets: readonly number[], { labels, counts, sum }: SpreadTally): Samples {
  let count = 0;
  const bounds = [...buckets, '+Inf'];
  const below = counts.map((more, index) => {
    count += more;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[index] }, value: count };
  });
  return [
    ...below,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}

/** `buckets`: upper bounds, rising. */
export function spread<L extends string>(
  registry: Registry,
  { name, help, labelNames, buckets }: TallyOptions<L> & { readonly buckets: readonly number[] },
): Spread {
  const known = new Map<string, SpreadTally>();
  const first = (values: readonly (string | number)[]): SpreadTally => {
    const labels = Object.fromEntries(labelNames.map((label, index) => [label, String(values[index])]));
    return { labels, counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 };
  };
  const metric = {
    name,
    get: () => {
      const values = [...known.values()].flatMap((tally) => samplesOf(name, buckets, tally));
      return Promise.resolve({ name, help, type: 'histogram', aggregator: 'sum', values });
    },
  };
  // All that a registry asks of a metric; its types know prom-client's own classes only.
  registry.registerMetric(metric as unknown as Metric);
  return {
    observe: (value, ...labels) => {
      const key = labels.join('\n');
      const tally = known.get(key) ?? first(labels);
      known.set(key, tally);
      const bucket = buckets.findIndex((bound) => value <= bound);
      const at = bucket < 0 ? buckets.length : bucket;
      tally.counts[at] = (tally.counts[at] ?? 0) + 1;
      tally.sum += value;
    },
  };
}
