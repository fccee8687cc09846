// Local server processes (Postgres, Redis) for `make dev` and for the integration tests. A process started here
// has an owner that stops it, and on Linux the kernel stops it when that owner is killed: nothing is left running.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Signal of an orderly stop. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** What the kernel sends when the owner is killed. @default stopSignal */
  readonly deathSignal?: NodeJS.Signals;
  /** How long an orderly stop may take before SIGKILL, in milliseconds. @default 10000 */
  readonly stopTimeoutMs?: number;
  /** Run as `nobody` when we are root, for servers that refuse root. Can still read where only root can. */
  readonly unprivileged?: boolean;
  readonly onLine?: (line: string) => void;
}

export interface ServerOptions extends ProcessOptions {
  /** Part of the line the server writes once it is ready. */
  readonly readyLine: string;
  readonly readyTimeoutMs: number;
}

export interface LocalProcess {
  readonly name: string;
  readonly pid: number;
  /** The last lines the process wrote, for error messages. */
  tail: () => string;
  running: () => boolean;
  /** Resolves with the exit code, or the signal's name, once the process is gone. Never rejects. */
  readonly exited: Promise<number | NodeJS.Signals | null>;
  /** Sends a signal, e.g. SIGSTOP to freeze it. */
  signal: (signal: NodeJS.Signals) => void;
  /** Stops the process, by force when it does not obey. Safe to call again. */
  stop: () => Promise<void>;
}

const setpriv = '/usr/bin/setpriv';
const tailLines = 40;
/** uid and gid of Debian's `nobody` and `nogroup`: exist everywhere, own nothing. */
export const nobodyId = 65_534;

/** Whether servers that refuse to run as root have to be started as `nobody`. */
export const weAreRoot = (): boolean => process.getuid?.() === 0;

/** Starts a process. Throws when the command cannot be started at all. */
export async function startProcess(options: ProcessOptions): Promise<LocalProcess> {
  const [command, args] = wrapped(options);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ? { ...process.env, ...options.env } : process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C in the terminal reaches the owner only, which then stops things in order.
    detached: true,
  });
  const lines = collectLines(child, options.onLine);
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`${options.name}: cannot be started`, { cause })));
  });
  return handleOf(child, exited, lines, options);
}

/** Starts a server and resolves when it says it is ready. Throws with its last lines when it ends or takes too long. */
export async function startServer(options: ServerOptions): Promise<LocalProcess> {
  let ready: () => void = () => undefined;
  const isReady = new Promise<'ready'>((resolve) => {
    ready = () => resolve('ready');
  });
  const server = await startProcess({
    ...options,
    onLine: (line) => {
      if (line.includes(options.readyLine)) ready();
      options.onLine?.(line);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`not ready after ${options.readyTimeoutMs} ms`), options.readyTimeoutMs);
  });
  const ended = server.exited.then((code) => `ended with ${String(code)}`);
  const outcome = await Promise.race([isReady, ended, timeout]);
  clearTimeout(timer);
  if (outcome === 'ready') return server;
  await server.stop();
  throw new Error(`${options.name}: start: ${outcome}\n${server.tail()}`);
}

function handleOf(
  child: ChildProcess,
  exited: LocalProcess['exited'],
  lines: readonly string[],
  options: ProcessOptions,
): LocalProcess {
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    name: options.name,
    pid: child.pid ?? -1,
    tail: () => lines.join('\n'),
    running,
    exited,
    signal: (signal) => void child.kill(signal),
    stop: async () => {
      if (!running()) return;
      const ask = (): void => {
        child.kill(options.stopSignal ?? 'SIGTERM');
        // A frozen process obeys no other signal until it continues.
        child.kill('SIGCONT');
      };
      ask();
      // Redis ignores the wish while it writes its first AOF.
      const again = setInterval(ask, 500);
      const force = setTimeout(() => child.kill('SIGKILL'), options.stopTimeoutMs ?? 10_000);
      await exited;
      clearTimeout(force);
      clearInterval(again);
    },
  };
}

function collectLines(child: ChildProcess, onLine?: (line: string) => void): readonly string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > tailLines) lines.shift();
      onLine?.(line);
    });
  }
  return lines;
}

function wrapped(options: ProcessOptions): [string, string[]] {
  const dropRoot = options.unprivileged === true && weAreRoot();
  if (!existsSync(setpriv)) {
    if (dropRoot) {
      throw new Error(`${options.name}: refuses to run as root; run as another user or install util-linux`);
    }
    return [options.command, [...options.args]];
  }
  const deathSignal = options.deathSignal ?? options.stopSignal ?? 'SIGTERM';
  const args = ['--pdeathsig', deathSignal.slice('SIG'.length)];
  if (dropRoot) {
    // Keeping the right to pass directories lets it work in a checkout under /root, which `nobody` cannot enter.
    const capability = '+dac_override';
    args.push(`--reuid=${nobodyId}`, `--regid=${nobodyId}`, '--clear-groups');
    args.push(`--inh-caps=${capability}`, `--ambient-caps=${capability}`);
  }
  return [setpriv, [...args, '--', options.command, ...options.args]];
}
