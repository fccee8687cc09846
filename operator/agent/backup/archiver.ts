// Keeps archive_command what archive.ts says it must be, through a file that postgresql.conf includes, and fills what
// an earlier primary left out of the archive before anything newer goes in.
import type { Machine } from '../state.ts';
import { archiveCommand, archiveMode, missingFromArchive } from './archive.ts';
import type { ArchiveMode } from './archive.ts';
import { writeArchiveConf } from './archive-conf.ts';
import { completeSegments, queueBytes, requeue } from './archive-status.ts';
import type { BackupRepository } from './repository.ts';

export interface ArchiverOptions {
  readonly machine: Machine;
  /** Called with the moment until which WAL was given up. */
  readonly onGap: (at: Date) => void;
}

export class Archiver {
  readonly #options: ArchiverOptions;
  #mode: ArchiveMode = 'off';
  #queueBytes = 0;
  #sinceMs = 0;
  #caughtUpTerm = 0;

  constructor(options: ArchiverOptions) {
    this.#options = options;
  }

  mode(): ArchiveMode {
    return this.#mode;
  }

  queueBytes(): number {
    return this.#queueBytes;
  }

  /** A new repository has to be filled from where it is, not from where the old one was. */
  forget(): void {
    this.#caughtUpTerm = 0;
  }

  /** Without a repository nothing is archived. */
  async tick(repository: BackupRepository | null): Promise<void> {
    const { machine, onGap } = this.#options;
    this.#queueBytes = queueBytes(machine.settings.pgdata);
    const before = this.#mode;
    this.#mode = repository ? await this.#modeFor(repository) : 'off';
    if (this.#mode !== before) {
      machine.log.info({ from: before, to: this.#mode }, 'archiving');
      this.#sinceMs = performance.now();
    }
    if (this.#mode === 'drop' || before === 'drop') onGap(new Date());
    this.#tell(archiveCommand(this.#mode, repository?.pushCommand() ?? ''));
  }

  async #modeFor(repository: BackupRepository): Promise<ArchiveMode> {
    const { machine } = this.#options;
    if (isServing(machine)) await this.#catchUp(repository);
    const before = this.#mode;
    return archiveMode({
      ...{ before, serving: isServing(machine), queueBytes: this.#queueBytes },
      caughtUp: this.#caughtUpTerm === machine.record.term,
      limitBytes: repository.settings.archiveQueueBytes,
      repositoryAnswers: before === 'drop' && (await repository.answersSince(this.#sinceMs)),
    });
  }

  async #catchUp(repository: BackupRepository): Promise<void> {
    const { machine, onGap } = this.#options;
    const { term } = machine.record;
    if (this.#caughtUpTerm === term || !(await repository.ensureStanza())) return;
    const info = await repository.refresh();
    if (!info || machine.record.term !== term) return;
    const { pgdata } = machine.settings;
    const { requeue: left, gap } = missingFromArchive(info.lastArchived, completeSegments(pgdata));
    requeue(pgdata, left);
    if (left.length > 0) machine.log.info({ segments: left.length }, 'queued what was not archived');
    if (gap) onGap(new Date());
    this.#caughtUpTerm = term;
  }

  #tell(command: string): void {
    const { machine } = this.#options;
    // A stop in progress has released the archiver, and is not to be held up again.
    if (machine.stopping) return;
    const isRegular = this.#mode === 'push';
    if (writeArchiveConf(machine.settings, command, isRegular)) machine.process.reload();
  }
}

/** Primary, and a commit of this very term was acknowledged by a standby. */
export function isServing({ record, process, servingTerm }: Machine): boolean {
  return record.role === 'primary' && servingTerm === record.term && process.alive();
}
