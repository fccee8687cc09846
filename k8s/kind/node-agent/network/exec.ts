// Runs one of the system's network tools. Promises: an end within the deadline, and on failure an error that carries
// what the tool said.
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly stdin?: string;
  readonly timeoutMs: number;
}

const OUTPUT_LIMIT_CHARS = 8 * 1024 * 1024;

/** Resolves with stdout. Rejects on a non-zero exit, on a signal, when the tool is missing, and at the deadline. */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<string> {
  const { stdin = '', timeoutMs } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { timeout: timeoutMs, killSignal: 'SIGKILL' });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > OUTPUT_LIMIT_CHARS) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(0, 4000);
    });
    child.once('error', (cause) => reject(new Error(`${command}: cannot be run`, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) {
        resolve(stdout);
        return;
      }
      const how = signal ? `killed by ${signal} (deadline ${timeoutMs} ms)` : `exit ${code ?? -1}`;
      reject(new Error(`${command} ${args.join(' ')}: ${how}: ${stderr.trim().slice(0, 500)}`));
    });
    // A tool that ends before it has read everything is reported by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}
