// Backups on this member: archives while it is the serving primary, makes the backups the operator asks for, and says
// how it stands. The operator decides when; nothing here has a schedule.
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupOrder, BackupStatus } from '../protocol.ts';
import { createSql } from '../sql.ts';
import type { Sql } from '../sql.ts';
import type { Machine } from '../state.ts';
import { Archiver, isServing } from './archiver.ts';
import { fingerprint, loadBackupMemory, saveBackupMemory } from './backup-settings.ts';
import type { BackupMemory, BackupSettings } from './backup-settings.ts';
import { BackupRepository } from './repository.ts';

type Archived = BackupStatus['archived'];

const LOOK_MS = 1000;

export interface BackupKeeper {
  configure(settings: BackupSettings | null): void;
  /** Starts a backup; returns why not, or null. */
  start(order: BackupOrder): string | null;
  /** Null without backups. */
  status(): BackupStatus | null;
  run(signal: AbortSignal): Promise<void>;
}

export function createBackupKeeper(machine: Machine): BackupKeeper {
  return new Keeper(machine);
}

class Keeper implements BackupKeeper {
  readonly #machine: Machine;
  readonly #archiver: Archiver;
  readonly #end = new AbortController();
  #memory: BackupMemory;
  #repository: BackupRepository | null = null;
  #archived: Archived = null;
  #job: BackupStatus['job'] = null;
  #lastJob: BackupStatus['lastJob'] = null;
  #error: string | null = null;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#archiver = new Archiver({ machine, onGap: (at) => this.#remember({ gapAt: at.toISOString() }) });
    this.#memory = loadBackupMemory(machine.settings.backup.memoryPath);
    this.#open();
  }

  configure(settings: BackupSettings | null): void {
    if (fingerprint(settings) === fingerprint(this.#memory.settings)) return;
    this.#machine.log.info({ settings }, 'backups configured');
    this.#remember({ settings });
    this.#open();
  }

  start(order: BackupOrder): string | null {
    const repository = this.#repository;
    if (!isServing(this.#machine)) return 'not the serving primary';
    if (!repository || this.#archiver.mode() !== 'push') return `archiving: ${this.#archiver.mode()}`;
    if (this.#job) return `${this.#job.type} backup ${this.#job.id} is running`;
    this.#job = { ...order, startedAt: new Date().toISOString() };
    this.#machine.log.info(order, 'backup started');
    void this.#backup(order, repository);
    return null;
  }

  status(): BackupStatus | null {
    const { settings, gapAt } = this.#memory;
    if (!settings) return null;
    const view = this.#repository?.view();
    return {
      settings: fingerprint(settings),
      mode: this.#archiver.mode(),
      queueBytes: this.#archiver.queueBytes(),
      gapAt,
      archived: this.#archived,
      ...{ job: this.#job, lastJob: this.#lastJob },
      backups: view?.info?.backups ?? [],
      isRead: Boolean(view?.info),
      error: view?.error ?? this.#error,
    };
  }

  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#end.abort(), { once: true });
    const sql = createSql(this.#machine.settings);
    try {
      while (!signal.aborted) {
        await this.#look(sql).then(
          () => (this.#error = null),
          (error: unknown) => (this.#error = String(error)),
        );
        await sleep(LOOK_MS);
      }
    } finally {
      sql.close();
    }
  }

  async #look(sql: Sql): Promise<void> {
    const repository = this.#repository;
    await this.#archiver.tick(repository);
    if (!repository || !isServing(this.#machine)) return;
    this.#archived = await readArchiver(sql);
    await repository.read();
  }

  async #backup({ id, type }: BackupOrder, repository: BackupRepository): Promise<void> {
    const error = await repository.backup(type).then(
      () => null,
      (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)),
    );
    this.#machine.log[error === null ? 'info' : 'warn']({ id, type, error }, 'backup ended');
    if (error === null) await repository.refresh();
    this.#lastJob = { id, type, error, finishedAt: new Date().toISOString() };
    this.#job = null;
  }

  #open(): void {
    const { settings } = this.#memory;
    this.#repository = settings ? new BackupRepository(this.#machine, settings, this.#end.signal) : null;
    this.#archiver.forget();
  }

  #remember(changes: Partial<BackupMemory>): void {
    this.#memory = { ...this.#memory, ...changes };
    saveBackupMemory(this.#machine.settings.backup.memoryPath, this.#memory);
  }
}

interface ArchiverRow {
  readonly wal: string | null;
  readonly at: Date | null;
  readonly failing: boolean;
}

async function readArchiver(sql: Sql): Promise<Archived> {
  const [row] = await sql.query<ArchiverRow>(
    `SELECT last_archived_wal AS wal, last_archived_time AS at,
            last_failed_time > coalesce(last_archived_time, '-infinity') AS failing FROM pg_stat_archiver`,
  );
  return row ? { wal: row.wal, at: row.at?.toISOString() ?? null, failing: row.failing } : null;
}
