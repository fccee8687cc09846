// From samples to the table: medians, and ratios between servers that were measured in the same round, so that what
// else the machine does at that time counts for both.

export interface Sample {
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Round {
  readonly shop: Sample;
  readonly baseline: Sample;
  readonly bare: Sample;
}

export interface BenchRow extends Sample {
  readonly page: string;
  readonly toBareKoa: number;
  readonly toBaseline: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

const hundredths = (value: number): number => Math.round(value * 100) / 100;

export function rowOf(page: string, rounds: readonly Round[]): BenchRow {
  const of = (value: (round: Round) => number): number => hundredths(median(rounds.map(value)));
  return {
    page,
    rps: Math.round(of((round) => round.shop.rps)),
    p50Ms: of((round) => round.shop.p50Ms),
    p99Ms: of((round) => round.shop.p99Ms),
    toBareKoa: of((round) => round.shop.rps / round.bare.rps),
    toBaseline: of((round) => round.shop.rps / round.baseline.rps),
  };
}

export interface Targets {
  readonly toBareKoa?: number;
  readonly toBaseline?: number;
}

/** What a row falls short of, as sentences; none when every target is met. */
export function missed(row: BenchRow, targets: Targets): string[] {
  return (['toBareKoa', 'toBaseline'] as const).flatMap((name) => {
    const wanted = targets[name];
    if (wanted === undefined || row[name] >= wanted) return [];
    return [`${row.page}: ${name} is ${row[name]}, target ${wanted}`];
  });
}
