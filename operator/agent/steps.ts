// Performs one planned step on the real Postgres. Each step is small, leaves the promise on disk in agreement with
// the volume if it is cut off anywhere, and rejects when it did not succeed; the loop then looks again.
import { releaseArchiver } from './backup/release-archiver.ts';
import { restoreDatabase } from './backup/restore.ts';
import { beginTerm } from './begin-term.ts';
import { dropAlterSystem, setStandbySignal } from './config-files.ts';
import { quieten } from './hand-over.ts';
import { terminateProcess } from './postgres-process.ts';
import { noteFork, replaceFork } from './fork.ts';
import { compareLogs, compareStopped, rejoinByClone } from './rejoin.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import type { Step } from './plan.ts';
import { ensureObjects } from './roles.ts';
import { applyRule, configure, ruleOfTerm } from './rule-in-force.ts';
import { initdb, readControlData } from './tools.ts';

/** A fast stop waits for checkpoint and walsenders; past this it becomes an immediate one. */
const FAST_STOP_MS = 8000;
const IMMEDIATE_STOP_MS = 1000;
/** Nothing is left to be said to anybody, and writers wait: on a busy machine the polite signal alone took 0.9 s. */
const HANDED_OVER_STOP_MS = 0;

export async function perform(machine: Machine, step: Step, signal: AbortSignal): Promise<void> {
  const performer = performers[step.do];
  await performer(machine, step as never, signal);
}

type Performer<Kind extends Step['do']> = (
  machine: Machine,
  step: Extract<Step, { do: Kind }>,
  signal: AbortSignal,
) => Promise<void> | void;

const performers: { readonly [Kind in Step['do']]: Performer<Kind> } = {
  nothing: () => undefined,
  initdb: (machine, _step, signal) => makeDatabase(machine, signal),
  kill: (machine, { why }) => {
    machine.log.warn({ why }, 'stopping Postgres at once');
    return stop(machine, 'immediate');
  },
  handOver,
  start: (machine, { as, upstream }) => start(machine, as === 'standby', upstream),
  setUpstream: (machine, { upstream }) => setUpstream(machine, upstream),
  killWalReceiver: ({ sample }) => {
    if (sample?.walReceiverPid) terminateProcess(sample.walReceiverPid);
  },
  applyRule: (machine) => applyRule(machine),
  beginTerm: (machine, _step, signal) => beginTerm(machine, signal),
  promote,
  settle,
  compare: (machine, _step, signal) => compareLogs(machine, signal),
  compareStopped: (machine, _step, signal) => compareStopped(machine, signal),
  clone: (machine, _step, signal) => rejoinByClone(machine, signal),
  forked: (machine, _step, signal) => noteFork(machine, signal),
  replaceFork: (machine, _step, signal) => replaceFork(machine, signal),
  giveUp,
};

export async function stop(
  machine: Machine,
  mode: 'fast' | 'immediate',
  limitMs = mode === 'fast' ? FAST_STOP_MS : IMMEDIATE_STOP_MS,
): Promise<void> {
  machine.stopping = true;
  try {
    if (mode === 'fast') await releaseArchiver(machine);
    await machine.process.stop(mode, limitMs);
    machine.control = await readControlData(machine.settings);
  } finally {
    machine.stopping = false;
  }
}

async function handOver(machine: Machine): Promise<void> {
  const quieted = await quieten(machine);
  machine.handedOver = true;
  await stop(machine, 'immediate', HANDED_OVER_STOP_MS);
  machine.log.info({ term: machine.record.term, ...quieted }, 'handed over');
}

async function makeDatabase(machine: Machine, signal: AbortSignal): Promise<void> {
  configure(machine, null);
  if (machine.restore) await restoreDatabase(machine, machine.restore, signal);
  else await initdb(machine.settings, signal);
  const control = await readControlData(machine.settings);
  if (!control) throw new Error('initdb: no control file');
  commit(machine, { ...machine.record, data: 'whole', systemId: control.systemId });
}

async function start(machine: Machine, asStandby: boolean, upstream: string | null): Promise<void> {
  const rule = ruleOfTerm(machine);
  configure(machine, upstream);
  dropAlterSystem(machine.settings);
  setStandbySignal(machine.settings, asStandby);
  machine.crashed = false;
  if (!asStandby) machine.handedOver = false;
  machine.settled = false;
  machine.control = null;
  machine.sample = null;
  machine.answeredAtMs = performance.now();
  machine.startedTerm = machine.record.term;
  await machine.process.start();
  // Nothing of this server is older than the file it began with.
  machine.ruleInForce = rule;
}

function setUpstream(machine: Machine, upstream: string | null): void {
  configure(machine, upstream);
  machine.process.reload();
}

async function promote(machine: Machine): Promise<void> {
  // Not waiting: pg_promote() itself looks only every 100 ms, the loop looks every 10.
  await machine.sql.query('SELECT pg_promote(false)').catch((error: unknown) => {
    // Asked twice, it may end recovery between the question and the call.
    if (!String(error).includes('recovery is not in progress')) throw error;
  });
}

async function settle(machine: Machine): Promise<void> {
  await ensureObjects(machine);
  machine.settled = true;
  machine.lastError = null;
}

/** Postgres ends each time before it accepts connections: what is on the volume is no database to build on. */
function giveUp(machine: Machine): void {
  const { record } = machine;
  machine.lastError = 'Postgres does not start: see its log';
  machine.log.error({ role: record.role, term: record.term }, 'Postgres does not start');
  machine.failedStarts = 0;
  if (record.role === 'primary') machine.leave = 'wait';
  else commit(machine, { ...record, data: 'torn' });
}
