// The servers under the bench, each a process of its own with its log in a file: the shop as its image starts it, the
// baseline, bare Koa. Whoever starts one stops it.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/free-port.ts';
import { timeouts } from '../../support/timeouts.ts';

export interface BenchServer {
  readonly pid: number;
  readonly url: string;
  /** From the start of the process to its first answer that says it is ready, in milliseconds. */
  readonly startMs: number;
  /** Memory it holds now, in MiB. */
  readonly residentMiB: () => number;
  readonly stop: () => Promise<void>;
}

export interface ServerOptions {
  readonly name: string;
  /** Arguments of node. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Path that answers 200 once the server is ready. */
  readonly readyPath: string;
  /** Folder of the log. */
  readonly folder: string;
}

const dockerfile = (): string => readFileSync('app/Dockerfile', 'utf8');

/** The environment that app/Dockerfile gives the process. */
export function imageEnvironment(): Record<string, string> {
  const line = /^ENV (.*)$/m.exec(dockerfile())?.[1] ?? '';
  return Object.fromEntries(line.split(' ').map((pair) => pair.split('=', 2) as [string, string]));
}

/** The command of app/Dockerfile on the bundle that the image gets, flags included. */
export function imageCommand(): string[] {
  const entry = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile())?.[1];
  if (entry === undefined) throw new Error('app/Dockerfile: no ENTRYPOINT found');
  const [, ...args] = JSON.parse(entry) as string[];
  return [...args.map((arg) => (arg === '/app/main.js' ? 'dist/app/main.js' : arg)), 'serve'];
}

/** A server that has ended is not waited for. */
async function waitUntilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  await eventually(
    async () => {
      if (child.exitCode !== null) return;
      const answer = await fetch(url);
      await answer.body?.cancel();
      if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}`);
    },
    { withinMs: timeouts.localServerReadyMs, everyMs: 20 },
  );
  if (child.exitCode !== null) throw new Error(`ended early: ${readFileSync(logFile, 'utf8')}`);
}

function residentMiB(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
}

export async function startServer(options: ServerOptions): Promise<BenchServer> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const logFile = join(options.folder, `${options.name}.log`);
  const log = openSync(logFile, 'a');
  const env = { HTTP_PORT: String(port), OPS_PORT: String(opsPort), NODE_ENV: 'production' };
  const startedAt = performance.now();
  const child = spawn(process.execPath, options.args, {
    env: { PATH: process.env.PATH, ...options.env, ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  const ready = new URL(options.readyPath, `http://127.0.0.1:${port}`);
  if (options.readyPath === '/readyz') ready.port = String(opsPort);
  try {
    await waitUntilReady(child, ready.href, logFile);
  } catch (error) {
    await stop();
    throw new Error(`bench: ${options.name} did not become ready`, { cause: error });
  }
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    startMs: Math.round(performance.now() - startedAt),
    residentMiB: () => residentMiB(child),
    stop,
  };
}
