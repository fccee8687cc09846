// The agent's view of the repository: made once per stanza, read now and then, and never asked again too soon after it
// failed. Every answer and every error is kept for the status.
import type { Machine } from '../state.ts';
import type { BackupSettings } from './backup-settings.ts';
import { pgbackrest, writePgbackrestConf } from './pgbackrest.ts';
import { archivePush } from './pgbackrest-conf.ts';
import { parseInfo } from './repository-info.ts';
import type { RepositoryInfo } from './repository-info.ts';

const INFO_MS = 30_000;
const STANZA_MS = 60_000;
const BACKUP_MS = 12 * 3_600_000;
/** How long an answer counts, and how long an error does. */
const FRESH_MS = 60_000;
const AFTER_ERROR_MS = 5_000;

export interface RepositoryView {
  readonly info: RepositoryInfo | null;
  /** Monotonic moment of the last answer or error. */
  readonly askedAtMs: number;
  readonly error: string | null;
}

export class BackupRepository {
  readonly #machine: Machine;
  readonly settings: BackupSettings;
  readonly #signal: AbortSignal;
  #view: RepositoryView = { info: null, askedAtMs: Number.NEGATIVE_INFINITY, error: null };
  #stanzaMade = false;

  constructor(machine: Machine, settings: BackupSettings, signal: AbortSignal) {
    this.#machine = machine;
    this.settings = settings;
    this.#signal = signal;
  }

  view(): RepositoryView {
    return this.#view;
  }

  /** What the repository holds; asked at most as often as the answer could have changed. Null while it fails. */
  async read(): Promise<RepositoryInfo | null> {
    const { askedAtMs, error, info } = this.#view;
    const freshMs = error === null ? FRESH_MS : AFTER_ERROR_MS;
    if (performance.now() - askedAtMs < freshMs) return error === null ? info : null;
    return this.refresh();
  }

  /** Whether it has answered since a moment, asking it now and then until it does. */
  async answersSince(sinceMs: number): Promise<boolean> {
    const { askedAtMs, error } = this.#view;
    if (askedAtMs > sinceMs && error === null) return true;
    return performance.now() - askedAtMs > AFTER_ERROR_MS && (await this.refresh()) !== null;
  }

  async refresh(): Promise<RepositoryInfo | null> {
    return this.#note(async () => {
      const text = await this.#run(['--output=json', 'info'], INFO_MS);
      return parseInfo(text, this.settings.stanza);
    });
  }

  /** Whether the stanza is there, making it first where this may be done: on a serving primary. */
  async ensureStanza(): Promise<boolean> {
    if (this.#stanzaMade) return true;
    const info = await this.read();
    if (!info) return false;
    // Also when it exists: this refuses a repository that belongs to another database.
    const made = await this.#note(async () => {
      await this.#run(['stanza-create'], STANZA_MS);
      return info;
    });
    this.#stanzaMade = made !== null;
    if (this.#stanzaMade) await this.refresh();
    return this.#stanzaMade;
  }

  /** One backup, to its end; old ones are expired after it. Rejects with what pgBackRest says. */
  async backup(type: 'full' | 'incr'): Promise<void> {
    await this.#run([`--type=${type}`, 'backup'], BACKUP_MS);
  }

  /** For postgresql.conf. Throws when the repository's keys are missing. */
  pushCommand(): string {
    return archivePush(this.#machine.settings.backup.program, this.#conf(), this.settings.stanza);
  }

  #conf(): string {
    return writePgbackrestConf(this.#machine.settings, 'pgbackrest', this.settings);
  }

  #run(args: readonly string[], deadlineMs: number): Promise<string> {
    const { settings } = this.#machine;
    const { stanza } = this.settings;
    return pgbackrest({ settings, conf: this.#conf(), stanza, args, deadlineMs, signal: this.#signal });
  }

  async #note(ask: () => Promise<RepositoryInfo>): Promise<RepositoryInfo | null> {
    try {
      const info = await ask();
      this.#view = { info, askedAtMs: performance.now(), error: null };
      return info;
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      if (error !== this.#view.error) this.#machine.log.warn({ error }, 'backup repository');
      this.#view = { ...this.#view, askedAtMs: performance.now(), error };
      return null;
    }
  }
}
