// The Postgres server as a child of the agent: started, stopped three ways, and watched, so that its end is known
// within milliseconds. After a kill -9 of the postmaster its children outlive it for a moment, holding the shared
// memory and a stale lock file: nothing is started before they are gone.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configFiles } from './config-files.ts';
import type { Settings } from './settings.ts';

export interface PostgresProcess {
  alive(): boolean;
  /**
   * Ends what an earlier agent's server left running and removes the lock of a server that is gone: in a new container
   * its process id soon belongs to another process, and Postgres would take that for a server. Nothing while ours runs.
   */
  clearAway(): Promise<void>;
  /** Throws when leftovers of an earlier server do not end within 5 s. */
  start(): Promise<void>;
  /** fast: sessions are ended, WAL is sent, a checkpoint written. immediate: as a crash. */
  stop(mode: 'fast' | 'immediate', deadlineMs: number): Promise<void>;
  reload(): void;
  /** From now on who connects waits unanswered, while sessions and walsenders go on. Only an immediate stop ends this. */
  admitNobody(): void;
}

export interface ProcessOptions {
  readonly settings: Settings;
  /** Called when the server has ended, however it did. */
  readonly onExit: (reason: string) => void;
}

const LEFTOVER_DEADLINE_MS = 5000;

export function createPostgresProcess(options: ProcessOptions): PostgresProcess {
  return new Server(options);
}

class Server implements PostgresProcess {
  readonly #options: ProcessOptions;
  #child: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();

  constructor(options: ProcessOptions) {
    this.#options = options;
  }

  alive(): boolean {
    return this.#child !== null;
  }

  async clearAway(): Promise<void> {
    if (this.#child) return;
    const { settings } = this.#options;
    await endLeftovers(settings.pgdata);
    removeStaleLocks(settings);
  }

  async start(): Promise<void> {
    if (this.#child) return;
    const { settings } = this.#options;
    await this.clearAway();
    const { conf, hba } = configFiles(settings);
    const args = ['-D', settings.pgdata, '-c', `config_file=${conf}`, '-c', `hba_file=${hba}`];
    const child = spawn(join(settings.binDir, 'postgres'), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      cwd: settings.confDir,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    });
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const ended = (reason: string): void => {
        if (this.#child !== child) return;
        this.#child = null;
        resolve();
        this.#options.onExit(reason);
      };
      child.once('error', (error) => ended(error.message));
      child.once('exit', (code, signal) => ended(signal ?? `code ${code ?? '?'}`));
    });
  }

  async stop(mode: 'fast' | 'immediate', deadlineMs: number): Promise<void> {
    if (!this.#child) return;
    this.#child.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    // A stopped (SIGSTOP) server acts on nothing but SIGKILL; continuing it lets it see the signal above first.
    if (mode === 'immediate') this.#child.kill('SIGCONT');
    const inTime = await Promise.race([
      this.#exited.then(() => true),
      sleep(deadlineMs, false, { ref: false }),
    ]);
    if (!inTime) {
      this.#child.kill('SIGKILL');
      await this.#exited;
    }
    await endLeftovers(this.#options.settings.pgdata);
  }

  reload(): void {
    this.#child?.kill('SIGHUP');
  }

  admitNobody(): void {
    // The postmaster alone makes connections into sessions; what it listens on goes on queueing without it.
    this.#child?.kill('SIGSTOP');
  }
}

/** Processes of a former server of this data directory: each works inside it. */
function leftovers(pgdata: string): readonly number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => pid !== process.pid && workingFolder(pid) === pgdata);
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

async function endLeftovers(pgdata: string): Promise<void> {
  const giveUpMs = performance.now() + LEFTOVER_DEADLINE_MS;
  for (let left = leftovers(pgdata); left.length > 0; left = leftovers(pgdata)) {
    if (performance.now() > giveUpMs) throw new Error(`postgres: processes ${left.join(', ')} do not end`);
    for (const pid of left) kill(pid);
    await sleep(10);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

function removeStaleLocks({ pgdata, socketDir, postgresPort }: Settings): void {
  rmSync(join(pgdata, 'postmaster.pid'), { force: true });
  rmSync(join(socketDir, `.s.PGSQL.${postgresPort}`), { force: true });
  rmSync(join(socketDir, `.s.PGSQL.${postgresPort}.lock`), { force: true });
}

/** Ends one process of the server that SQL cannot end, such as the walreceiver. */
export function terminateProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch {
    // Already gone: what was wanted.
  }
}
