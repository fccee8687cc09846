// Everything the agent knows right now, in one place. Only the supervisor's loop and the commands change it.
import type { Logger } from '../runtime/log.ts';
import type { RuleOfTerm } from './commit-rule.ts';
import type { Leave } from './plan.ts';
import type { PostgresProcess } from './postgres-process.ts';
import type { PromiseFile } from './promise-file.ts';
import type { RestoreOrder } from './backup/backup-settings.ts';
import type { BackupStatus, DiskView, Rejoin, Vote } from './protocol.ts';
import type { PromiseRecord } from './rules.ts';
import type { Sample } from './sample.ts';
import type { Settings, Source } from './settings.ts';
import type { Sql } from './sql.ts';
import type { ControlData } from './tools.ts';

export interface Machine {
  readonly settings: Settings;
  readonly log: Logger;
  readonly process: PostgresProcess;
  readonly sql: Sql;
  readonly file: PromiseFile;
  readonly bootId: string;
  record: PromiseRecord;
  leave: Leave;
  /** What the configuration on disk says, and the server was told. */
  upstream: Source | null;
  sample: Sample | null;
  /** How often in a row, since its upstream was last written, the server itself said that it has none. */
  looksCutOff: number;
  /** Monotonic milliseconds of the last answer of the running server. */
  answeredAtMs: number | null;
  /** Of the stopped server; read once per stop. */
  control: ControlData | null;
  /** Set while the agent itself stops the server, so that its end is no crash. */
  stopping: boolean;
  /** It was primary and handed over, and has not been one since. Not remembered over a restart of the agent. */
  handedOver: boolean;
  /** The term in which the WAL that comes next here was found to be gone at the primary; 0: none. */
  outrunTerm: number;
  /** The term that was promised when the server was last started; 0: not since the agent began. */
  startedTerm: number;
  crashed: boolean;
  /** How often in a row Postgres ended by itself before it answered. */
  failedStarts: number;
  /** How often in a row a former primary's crash recovery failed. */
  failedRecoveries: number;
  /** How often in a row a clone failed, and until when (monotonic) the next one waits. */
  failedClones: { readonly count: number; readonly pauseUntilMs: number };
  settled: boolean;
  vote: Vote | null;
  terminating: boolean;
  task: string | null;
  lastError: string | null;
  rejoin: Rejoin | null;
  /** When the way back after the current term's follow began, for its record. */
  rejoinStartedMs: number;
  /** What every process of the running server goes by; null: not known. */
  ruleInForce: RuleOfTerm | null;
  /** The newest rule under which a commit of this primary was acknowledged. */
  ruleProven: { readonly term: number; readonly version: number } | null;
  servingTerm: number;
  acknowledgedAtMs: number | null;
  disk: DiskView | null;
  /** What the first database is made from; null: from nothing. Said with each bootstrap command. */
  restore: RestoreOrder | null;
  /** How backups stand on this member; null without any. */
  backupStatus: () => BackupStatus | null;
  /** Fingerprint of the passwords that are in force here. */
  passwordsInForce: () => string | null;
}

/** Writes the promise to disk, then holds it. */
export function commit(machine: Machine, next: PromiseRecord): void {
  if (next === machine.record) return;
  machine.file.save(next);
  machine.record = next;
}
