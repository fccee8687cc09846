// What the scenarios of a run of `make chaos` measured: the table that is printed at the end, and the same as JSON for
// whoever compares runs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Result {
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly backwards: number;
  readonly outageMs: number;
  /** When the outage began, in milliseconds since the fault. */
  readonly outageAtMs: number;
  /** Changes of primary or master. */
  readonly changes: number;
  /** Why each failed request did. */
  readonly failed: readonly string[];
  /** Further measurements in milliseconds, by name. */
  readonly extra: Readonly<Record<string, number>>;
}

export interface Row {
  readonly scenario: string;
  readonly runs: number;
  readonly outageMs: { readonly median: number; readonly max: number };
  /** Null: none is asked. */
  readonly budgetMs: number | null;
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly changes: number;
  readonly failedRequests: number;
  /** Medians. */
  readonly extraMs: Readonly<Record<string, number>>;
}

const folder = 'test/artifacts';
const rows = new Map<string, Row[]>();

/** Adds a scenario to its suite's table. The file is written each time: a run that is ended early leaves its part. */
export function record(suite: string, scenario: string, budgetMs: number, results: readonly Result[]): Row {
  const row = summarize(scenario, budgetMs, results);
  const all = [...(rows.get(suite) ?? []), row];
  rows.set(suite, all);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `chaos-${suite}.json`), `${JSON.stringify(all, null, 2)}\n`);
  return row;
}

export function summarize(scenario: string, budgetMs: number, results: readonly Result[]): Row {
  const outages = results.map(({ outageMs }) => outageMs);
  const sum = (pick: (result: Result) => number): number =>
    results.reduce((total, result) => total + pick(result), 0);
  const names = [...new Set(results.flatMap(({ extra }) => Object.keys(extra)))];
  const medians = names.map((name) => [name, median(results.flatMap(({ extra }) => extra[name] ?? []))]);
  return {
    scenario,
    runs: results.length,
    outageMs: { median: median(outages), max: Math.max(0, ...outages) },
    budgetMs: Number.isFinite(budgetMs) ? budgetMs : null,
    acked: sum(({ acked }) => acked),
    lost: sum(({ lost }) => lost),
    duplicated: sum(({ duplicated }) => duplicated),
    changes: sum(({ changes }) => changes),
    failedRequests: sum(({ failed }) => failed.length),
    extraMs: Object.fromEntries(medians) as Record<string, number>,
  };
}

/** Of an even count the higher of the two in the middle: never better than it was. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
}

/** The table as text, with a line of totals. */
export function tableOf(suite: string): string {
  return renderTable(rows.get(suite) ?? []);
}

export function renderTable(all: readonly Row[]): string {
  const head = ['fault', 'runs', 'median', 'max', 'allowed', 'acked', 'lost', 'twice', 'changes', 'measured'];
  const cells = [head, ...all.map(cellsOf)];
  const widths = head.map((_name, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const sum = (pick: (row: Row) => number): number => all.reduce((total, row) => total + pick(row), 0);
  const totals =
    `${sum(({ changes }) => changes)} changes of primary or master, ${sum(({ acked }) => acked)} acknowledged ` +
    `writes, ${sum(({ lost }) => lost)} lost, ${sum(({ duplicated }) => duplicated)} there twice`;
  return `${lines.join('\n')}\n${totals}\n`;
}

function cellsOf(row: Row): string[] {
  const { scenario, runs, outageMs, budgetMs, acked, lost, duplicated, changes, failedRequests } = row;
  const extra = Object.entries(row.extraMs).map(([name, ms]) => `${name} ${seconds(ms)}`);
  if (failedRequests > 0) extra.push(`${failedRequests} requests failed`);
  return [
    ...[scenario, String(runs), seconds(outageMs.median), seconds(outageMs.max)],
    ...[budgetMs === null ? '-' : seconds(budgetMs), String(acked), String(lost), String(duplicated)],
    ...[String(changes), extra.join(', ')],
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
