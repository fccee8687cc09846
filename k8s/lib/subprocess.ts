// Other programs, run with a deadline. A failure's message names the program and carries the last lines it wrote, so
// that nobody has to run it again by hand to learn why.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { Readable as Stream } from 'node:stream';
import { text } from 'node:stream/consumers';

export interface RunOptions {
  readonly deadlineMs?: number;
  readonly input?: string | Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard error goes to ours, as it comes. */
  readonly showProgress?: boolean;
  /** For a script that runs other programs: they are stopped with it. Ctrl-C reaches them only by killRunning(). */
  readonly ownGroup?: boolean;
}

/** What runs, each with how it is stopped. */
const running = new Map<ChildProcess, () => void>();

/** For a command that is told to stop: what it started stops too. */
export function killRunning(): void {
  for (const stop of running.values()) stop();
}

const defaultDeadlineMs = 30_000;
const keptLines = 15;

/** Standard output, trimmed at the end. Throws when it cannot start, exits ≠ 0 or takes too long. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { deadlineMs = defaultDeadlineMs, input = '', env, showProgress, ownGroup } = options;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', showProgress === true ? 'inherit' : 'pipe'],
    detached: ownGroup,
  });
  const deadline = watch(child, deadlineMs, ownGroup === true);
  const what = `${program} ${args.slice(0, 3).join(' ')}`;
  feed(child, input);
  const [code, output, complaint] = await Promise.all([
    ended(child, what),
    read(child.stdout),
    read(child.stderr),
  ]);
  if (code === 0) return output.trimEnd();
  if (deadline.passed) throw new Error(`${what}: not done after ${deadlineMs / 1000} s`);
  const said = lastLines(complaint.trim() || output.trim()) || silence(showProgress);
  throw new Error(`${what}: exit ${code ?? 'by signal'}: ${said}`);
}

/** Stops the child at its deadline and when killRunning() says so. */
function watch(child: ChildProcess, deadlineMs: number, ownGroup: boolean): { readonly passed: boolean } {
  const deadline = { passed: false };
  const stop = (): void => {
    if (ownGroup) killGroup(child.pid);
    else child.kill('SIGTERM');
  };
  const timer = setTimeout(() => {
    deadline.passed = true;
    stop();
  }, deadlineMs);
  running.set(child, stop);
  const release = (): void => {
    clearTimeout(timer);
    running.delete(child);
  };
  child.once('exit', release).once('error', release);
  return deadline;
}

function killGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGTERM');
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const silence = (wasShown = false): string => (wasShown ? 'see above' : 'it said nothing');

function lastLines(said: string): string {
  return said.split('\n').slice(-keptLines).join('\n');
}

function feed(child: ChildProcess, input: string | Readable): void {
  // The program may end without reading all of it; its exit code says what matters.
  child.stdin?.on('error', () => undefined);
  const stream = typeof input === 'string' ? Stream.from([input]) : input;
  if (child.stdin) stream.pipe(child.stdin);
}

async function read(stream: Readable | null): Promise<string> {
  // A program that could not start or was killed ends its streams early; ended() says so.
  return stream ? text(stream).catch(() => '') : '';
}

function ended(child: ChildProcess, what: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (cause) => reject(new Error(`${what}: ${cause.message}`, { cause })));
  });
}
