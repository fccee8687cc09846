// One member of a local set: a real agent as a process of its own, and the Postgres server that it starts. Killed, nothing
// of both is left.
import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentStatus, Command, CommandAnswer } from '../../operator/agent/protocol.ts';
import { askAgent } from '../../operator/agent/transport.ts';
import type { AgentTarget } from '../../operator/agent/transport.ts';
import { eventually } from './eventually.ts';
import type { TestCertificates } from './test-certificates.ts';
import { timeouts } from './timeouts.ts';

export interface SetMember {
  readonly name: string;
  readonly postgresPort: number;
  readonly target: AgentTarget;
  readonly folder: string;
  /** `token`: when it is no longer the set's first one. */
  status(token?: string): Promise<AgentStatus>;
  command(command: Command): Promise<CommandAnswer>;
  startAgent(): void;
  /** As when a container is killed: agent and Postgres at once. */
  kill(): Promise<void>;
  /** kill -9 of the postmaster only. */
  killPostmaster(): void;
  /** The end of what its agent and its Postgres said, for a test that failed. */
  lastWords(): Promise<string>;
  signalPostgres(signal: NodeJS.Signals): void;
}

export const TOKEN = 'agent-token-of-this-test';

const LAST_LINES = 60;

/** Postgres refuses to run as root; Debian's package brings the user `postgres`. */
export const RUN_AS = process.getuid?.() === 0 ? idsOf('postgres') : undefined;

function idsOf(user: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  if (line === undefined) throw new Error(`no user ${user}: install Debian's package postgresql`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

export function createMember(
  name: string,
  folder: string,
  env: Record<string, string | undefined>,
  certificates: TestCertificates | null,
): SetMember {
  const pgdata = env.PGDATA ?? '';
  const target = {
    host: '127.0.0.1',
    port: Number(env.AGENT_PORT),
    token: TOKEN,
    ca: certificates?.ca ?? null,
  };
  const postmaster = (): number =>
    Number(readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    ...agentOf(name, folder, env),
    name,
    postgresPort: Number(env.POSTGRES_PORT),
    target,
    folder,
    status: (token = target.token) =>
      askAgent<AgentStatus>({ ...target, token }, { method: 'GET', path: '/v1/status' }, 5000),
    command: (body) => askAgent(target, { method: 'POST', path: '/v1/command', body }, 10_000, [200, 409]),
    lastWords: async () => {
      const lines = (await readFile(join(folder, 'log'), 'utf8')).split('\n');
      return lines.slice(-LAST_LINES).join('\n');
    },
    killPostmaster: () => signalTo(postmaster(), 'SIGKILL'),
    signalPostgres: (signal) => {
      for (const pid of processesIn(pgdata)) signalTo(pid, signal);
    },
  };
}

/** The member's agent as a process. */
function agentOf(
  name: string,
  folder: string,
  env: Record<string, string | undefined>,
): Pick<SetMember, 'startAgent' | 'kill'> {
  const program = join(import.meta.dirname, '../../operator/agent/main.ts');
  let child: ChildProcess | null = null;
  return {
    startAgent: () => {
      const log = openSync(join(folder, 'log'), 'a');
      const stdio: StdioOptions = ['ignore', log, log];
      child = spawn(process.execPath, [program], { ...RUN_AS, env, cwd: folder, stdio });
    },
    kill: async () => {
      const running = child;
      child = null;
      if (running?.exitCode === null) {
        const exited = new Promise((resolve) => running.once('exit', resolve));
        running.kill('SIGKILL');
        await exited;
      }
      await endAll(name, env.PGDATA ?? '');
    },
  };
}

/** Until they are gone: what is still ending holds the lock of a database that is started again at once. */
function endAll(name: string, folder: string): Promise<void> {
  return eventually(
    () => {
      const pids = processesIn(folder);
      for (const pid of pids) signalTo(pid, 'SIGKILL');
      if (pids.length > 0) throw new Error(`${name}: still ending: ${pids.join(', ')}`);
    },
    { withinMs: timeouts.soonMs, everyMs: 10 },
  );
}

function processesIn(folder: string): readonly number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
