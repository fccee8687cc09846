// The process in the Postgres pod: reads its environment and its promise, opens the door, and keeps Postgres what
// the promise says until a signal ends it. A primary that is asked to end first waits for the operator to move the
// work to another member.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../runtime/log.ts';
import { createBackupKeeper } from './backup/backup-keeper.ts';
import { watchDisk } from './disk.ts';
import { watchIsolation } from './fence.ts';
import { until } from './hand-over.ts';
import { beat } from './heartbeat.ts';
import { acceptedTokens, readPassword } from './passwords/known-passwords.ts';
import { createPasswordKeeper } from './passwords/password-keeper.ts';
import { createPostgresProcess } from './postgres-process.ts';
import { promiseFile } from './promise-file.ts';
import type { PromiseFile } from './promise-file.ts';
import type { PromiseRecord } from './rules.ts';
import { NO_FAILED_CLONES } from './rejoin.ts';
import { startServer } from './server.ts';
import type { Door } from './server.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { createSql } from './sql.ts';
import type { Machine } from './state.ts';
import { stop } from './steps.ts';
import { createSupervisor } from './supervisor.ts';
import type { Supervisor } from './supervisor.ts';
import { readCertificate, watchCertificate } from './tls-files.ts';
import type { Certificate } from './tls-files.ts';
import { readControlData } from './tools.ts';

/** How long a terminating primary serves on while the operator prepares a switchover. */
const HANDOVER_MS = 30_000;
/** How long it stays after that, stopped, until somebody else serves. */
const SUCCESSOR_MS = 5000;

/** The promise as the volume bears it out: data that is gone or another database's is no data of this promise. */
async function reconcileWithVolume(settings: Settings, record: PromiseRecord): Promise<PromiseRecord> {
  if (record.data === 'torn') return record;
  const control = existsSync(join(settings.pgdata, 'PG_VERSION')) ? await readControlData(settings) : null;
  if (!control) return { ...record, data: 'empty', wroteTerm: null, lineage: [] };
  const expected = record.systemId !== null && record.systemId === control.systemId;
  return { ...record, data: expected ? record.data : 'foreign' };
}

async function createMachine(settings: Settings, file: PromiseFile, onExit: () => void): Promise<Machine> {
  const log = createLogger('agent', settings.logLevel);
  const record = await reconcileWithVolume(settings, file.load());
  const process = createPostgresProcess({
    settings,
    onExit: (reason) => {
      log[machine.stopping ? 'info' : 'error']({ reason }, 'Postgres ended');
      machine.crashed = !machine.stopping;
      // A crashed primary is not started again here: a standby takes over faster, and the operator knows which.
      if (!machine.stopping) machine.leave = 'wait';
      if (!machine.stopping && !machine.sample) machine.failedStarts += 1;
      machine.sample = null;
      onExit();
    },
  });
  const machine: Machine = {
    ...{ settings, log, process, file, record },
    sql: createSql(settings),
    bootId: randomUUID(),
    leave: 'wait',
    upstream: null,
    ...{ sample: null, looksCutOff: 0 },
    failedClones: NO_FAILED_CLONES,
    answeredAtMs: null,
    control: record.data === 'whole' ? await readControlData(settings) : null,
    stopping: false,
    crashed: false,
    failedStarts: 0,
    ...{ handedOver: false, startedTerm: 0, outrunTerm: 0 },
    failedRecoveries: 0,
    settled: false,
    vote: null,
    ...{ terminating: false, task: null, lastError: null, rejoin: null },
    rejoinStartedMs: performance.now(),
    ...{ ruleInForce: null, ruleProven: null, servingTerm: 0, acknowledgedAtMs: null },
    restore: null,
    ...{ backupStatus: () => null, passwordsInForce: () => null, disk: null },
  };
  return machine;
}

async function terminate(supervisor: Supervisor): Promise<void> {
  const { machine } = supervisor;
  machine.terminating = true;
  supervisor.wake();
  if (machine.record.role === 'primary') await untilSucceeded(machine);
  await stop(machine, 'fast');
}

/**
 * Stopped by its hand-over, its vote is still asked for. And proxies lead writers here until the next primary serves: from
 * a pod that is there they hear at once that nobody answers, from one that is gone nothing for as long as a connect may take.
 */
async function untilSucceeded(machine: Machine): Promise<void> {
  const { term } = machine.record;
  const serves = (): boolean =>
    machine.record.role === 'primary' && machine.record.term === term && machine.process.alive();
  await until(performance.now() + HANDOVER_MS, () => !serves());
  // Nobody took over: staying would only make the pod come back later.
  if (!serves()) await until(performance.now() + SUCCESSOR_MS, () => machine.record.role === 'standby');
}

function renew(machine: Machine, door: Door, certificate: Certificate): void {
  door.renew(certificate);
  machine.process.reload();
  machine.log.info({ name: machine.settings.name }, 'certificate renewed');
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  mkdirSync(settings.confDir, { recursive: true, mode: 0o700 });
  let wake = (): void => undefined;
  const machine = await createMachine(settings, promiseFile(settings.promisePath), () => wake());
  const supervisor = createSupervisor(machine);
  wake = () => supervisor.wake();
  const backups = createBackupKeeper(machine);
  machine.backupStatus = () => backups.status();
  const passwords = createPasswordKeeper(machine);
  machine.passwordsInForce = () => passwords.fingerprint();
  const token = (): string => readPassword(settings, 'agent-token');
  const tokens = (): readonly string[] => acceptedTokens(settings);
  const end = new AbortController();
  const certificate = readCertificate(settings);
  const port = settings.agentPort;
  const door = await startServer({ supervisor, backups, passwords, tokens, certificate, port });
  const stopWatching = watchCertificate(settings, (renewed) => renew(machine, door, renewed));
  machine.log.info({ name: settings.name, ...machine.record }, 'agent started');

  const running = Promise.all([
    supervisor.run(end.signal),
    beat(machine, wake, end.signal),
    watchIsolation({ supervisor, token }, end.signal),
    backups.run(end.signal),
    passwords.run(end.signal),
    watchDisk(machine, wake, end.signal),
  ]);
  const shutDown = async (): Promise<void> => {
    await terminate(supervisor);
    end.abort();
    stopWatching();
    door.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
  await running;
}

await main();
