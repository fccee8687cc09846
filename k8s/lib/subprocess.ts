// Other programs, run with a deadline. A failure's message names the program and carries the last lines it wrote, so
// that nobody has to run it again by hand to learn why.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface RunOptions {
  readonly deadlineMs?: number;
  readonly input?: string | Readable;
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard error goes to ours, line by line, as it comes. */
  readonly showProgress?: boolean;
}

const defaultDeadlineMs = 30_000;
const keptLines = 15;

/** Standard output, trimmed at the end. Throws when it cannot start, exits ≠ 0 or takes too long. */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', options.showProgress ? 'inherit' : 'pipe'],
    signal: AbortSignal.timeout(deadlineMs),
    killSignal: 'SIGTERM',
  });
  let output = '';
  let complaint = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  // The program may end without reading all of it; its exit code says what matters.
  child.stdin?.on('error', () => undefined);
  if (options.input === undefined || typeof options.input === 'string') child.stdin?.end(options.input ?? '');
  else if (child.stdin) options.input.pipe(child.stdin);
  const what = `${program} ${args.slice(0, 3).join(' ')}`;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (cause: Error) => reject(startError(what, deadlineMs, cause)));
    child.once('close', resolve);
  });
  if (code === 0) return output.trimEnd();
  const tail = (complaint.trim() || output.trim()).split('\n').slice(-keptLines).join('\n');
  throw new Error(`${what}: exit ${code ?? 'by signal'}${tail === '' ? '' : `: ${tail}`}`);
}

function startError(what: string, deadlineMs: number, cause: Error): Error {
  if (cause.name === 'AbortError')
    {return new Error(`${what}: not done after ${deadlineMs / 1000} s`, { cause });}
  return new Error(`${what}: ${cause.message}`, { cause });
}
