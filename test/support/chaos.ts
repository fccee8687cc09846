// One scenario of chaos: from a steady state under writes, a fault, its healing and the steady state again, then every
// acknowledged write is looked for. Repeated; the median of the outages is what a budget is compared with.
import { expect } from 'chai';
import { record } from './chaos-results.ts';
import type { Result } from './chaos-results.ts';
import { eventually } from './eventually.ts';
import { restoreFaults } from './faults.ts';
import { timeouts } from './timeouts.ts';

export interface Scenario {
  /** What breaks, as the table prints it. */
  readonly name: string;
  /** What the median outage may be, in milliseconds. Infinity: writes may wait as long as the fault lasts. */
  readonly budgetMs: number;
  /** So often the primary or master changes at least: otherwise nothing was broken that this is about. @default 0 */
  readonly leastChanges?: number;
  /** So long writes pause at least, in milliseconds: shorter, and they were acknowledged by who was away. @default 0 */
  readonly leastOutageMs?: number;
  /** A long fault is repeated less often than RUNS says. */
  readonly maxRuns?: number;
  /** Requests to the shop go on meanwhile, and none may fail. */
  readonly noFailedRequest?: boolean;
  /** Brings the roles where the fault needs them, before anything is measured. */
  prepare?(): Promise<void>;
  /** Breaks something. Afterwards acknowledged writes are waited for. */
  fault(): Promise<void>;
  /** Mends what does not mend itself; what it returns is a further measurement in milliseconds, by name. */
  heal?(): Promise<Readonly<Record<string, number>> | undefined>;
}

export interface ChaosReport {
  readonly acked: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Acknowledgements of an older term after one of a newer. */
  readonly backwards: number;
  readonly outageMs: number;
  /** When the outage began, in milliseconds since mark(). */
  readonly outageAtMs: number;
}

/** Writers that remember what was acknowledged to them; out of reach of every fault. */
export interface ChaosLedger {
  /** From here on outages are measured anew. */
  mark(): Promise<void>;
  acked(): Promise<number>;
  finish(): Promise<ChaosReport>;
}

export interface Requests {
  /** Ends them; resolves with why each failed one did. */
  stop(): Promise<readonly string[]>;
}

/** What is tried: Postgres or Redis. */
export interface Subject {
  readonly suite: string;
  /** Resolves when everything is whole. */
  steady(): Promise<void>;
  startLedger(): Promise<ChaosLedger>;
  startRequests(): Promise<Requests>;
  /** A number that rises with each change of primary or master. */
  changes(): Promise<number>;
  /** Further expectations after a run; `before` is what changes() was. */
  check?(before: number): Promise<void>;
}

/** Acknowledgements that show that writes flow. */
const FLOW = 100;

/** Runs of a scenario, as the environment says. */
export function runsOf(scenario: Scenario, env: NodeJS.ProcessEnv = process.env): number {
  const wanted = Number(env.RUNS || 5);
  if (!Number.isInteger(wanted) || wanted < 1) throw new Error(`RUNS=${env.RUNS ?? ''}: not a count`);
  return Math.min(wanted, scenario.maxRuns ?? wanted);
}

/** Runs the scenario, tells and records each run; fails on any loss, and on a median over the budget. */
export async function tryOut(subject: Subject, scenario: Scenario, runs = runsOf(scenario)): Promise<void> {
  const results: Result[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const result = await runOnce(subject, scenario).catch((error: unknown) => {
      // At once: the whole run may take half an hour more.
      process.stdout.write(`      ${run} of ${runs}: ${String(error)}\n`);
      throw error;
    });
    results.push(result);
    process.stdout.write(`      ${run} of ${runs}: ${lineOf(result)}\n`);
  }
  const { outageMs } = record(subject.suite, scenario.name, scenario.budgetMs, results);
  const none = { lost: 0, duplicated: 0, backwards: 0 };
  for (const result of results) expect(result).to.include(none);
  for (const { changes, failed, outageMs: pauseMs } of results) {
    expect(failed, 'failed requests').to.deep.equal([]);
    expect(changes, 'changes of primary or master').to.be.at.least(scenario.leastChanges ?? 0);
    expect(pauseMs, 'outage in milliseconds').to.be.at.least(scenario.leastOutageMs ?? 0);
  }
  expect(outageMs.median, 'median outage in milliseconds').to.be.at.most(scenario.budgetMs);
}

/** One run, neither judged nor recorded: for cases that must fail. */
export async function runOnce(subject: Subject, scenario: Scenario): Promise<Result> {
  await subject.steady();
  await scenario.prepare?.();
  const before = await subject.changes();
  const ledger = await subject.startLedger();
  await flow(ledger);
  const requests = scenario.noFailedRequest ? await subject.startRequests() : undefined;
  let extra: Readonly<Record<string, number>> | undefined;
  let failed: readonly string[] = [];
  try {
    await ledger.mark();
    await scenario.fault();
    if (scenario.budgetMs < Infinity) await flow(ledger);
    extra = await scenario.heal?.();
    await flow(ledger);
  } finally {
    await restoreFaults();
    await subject.steady().finally(async () => {
      failed = (await requests?.stop()) ?? [];
    });
  }
  const changes = (await subject.changes()) - before;
  const report = await ledger.finish();
  await subject.check?.(before);
  return { ...report, changes, failed, extra: extra ?? {} };
}

/** Waits until writes are acknowledged again. */
async function flow(ledger: ChaosLedger): Promise<void> {
  const from = await ledger.acked();
  await eventually(
    async () => {
      const more = (await ledger.acked()) - from;
      if (more < FLOW) throw new Error(`only ${more} acknowledged writes`);
    },
    { withinMs: timeouts.steadyStateMs, everyMs: 500 },
  );
}

function lineOf({ outageMs, outageAtMs, acked, lost, duplicated, changes, failed, extra }: Result): string {
  const more = Object.entries(extra).map(([name, ms]) => `, ${name} ${Math.round(ms)} ms`);
  const requests = failed.length > 0 ? `, ${failed.length} requests failed: ${failed[0] ?? ''}` : '';
  return `outage ${outageMs} ms (at ${(outageAtMs / 1000).toFixed(1)} s), ${acked} acknowledged, ${lost} lost, ${duplicated} twice, ${changes} changes${more.join('')}${requests}`;
}
