// Runs the stages of `make test`: each with progress, a time limit and its own count. A stage that fails does not
// keep the next from running; one that dies without leaving a count is one failed test.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { noTotals, readTotals, totalsVariable } from './totals.ts';
import type { Totals } from './totals.ts';

/** How long a stopped stage may take to clean up before it is killed. */
const graceMs = 10_000;

export interface Stage {
  readonly name: string;
  /** Commands run one after the other until one fails. */
  readonly commands: readonly (readonly [string, ...string[]])[];
  /** `reporter`: the commands run mocha, whose reporter counts. `one`: the whole stage is one test. */
  readonly counts: 'reporter' | 'one';
  /** After this it is killed and counts as failed, in milliseconds. */
  readonly limitMs: number;
  /** What must be there first; what it throws is the stage's failure. */
  readonly prepare?: () => Promise<void>;
  /** Runs beside the stages after it; its output is shown when it has ended. */
  readonly background?: boolean;
}

export interface StageResult {
  readonly name: string;
  readonly totals: Totals;
  readonly elapsedMs: number;
}

export interface StageContext {
  /** The file the reporter of this stage appends to. */
  readonly totalsFile: (stage: Stage) => string;
  readonly print: (text: string) => void;
  /** Aborted when the run is interrupted: what runs is stopped, what has not begun does not. */
  readonly signal: AbortSignal;
}

/** Runs all stages and returns what each counted, in their order. Never throws for a failing stage. */
export async function runStages(stages: readonly Stage[], context: StageContext): Promise<StageResult[]> {
  const results: Promise<StageResult>[] = [];
  for (const stage of stages) {
    const result = runStage(stage, context);
    results.push(result);
    if (stage.background !== true) await result;
  }
  return Promise.all(results);
}

async function runStage(stage: Stage, context: StageContext): Promise<StageResult> {
  const start = performance.now();
  context.print(`▶ ${stage.name}${stage.background === true ? ' (beside the next)' : ''}\n`);
  const output: string[] = [];
  const ok = await attempt(stage, context, output);
  const totals = countsOf(stage, context.totalsFile(stage), ok);
  const elapsedMs = performance.now() - start;
  const mark = totals.failed === 0 ? '✔' : '✘';
  context.print(`${output.join('')}${mark} ${stage.name}: ${(elapsedMs / 1000).toFixed(1)} s\n`);
  return { name: stage.name, totals, elapsedMs };
}

/** Whether everything the stage runs ended well. */
async function attempt(stage: Stage, context: StageContext, output: string[]): Promise<boolean> {
  const deadline = performance.now() + stage.limitMs;
  try {
    context.signal.throwIfAborted();
    await stage.prepare?.();
    for (const command of stage.commands) {
      const code = await runCommand(stage, command, deadline, context, output);
      if (code !== 0) return false;
    }
    return true;
  } catch (error) {
    context.print(`${stage.name}: ${messageChain(error)}\n`);
    return false;
  }
}

function runCommand(
  stage: Stage,
  [command, ...args]: readonly [string, ...string[]],
  deadline: number,
  context: StageContext,
  output: string[],
): Promise<number> {
  const background = stage.background === true;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env: { ...process.env, [totalsVariable]: context.totalsFile(stage) },
      stdio: ['ignore', background ? 'pipe' : 'inherit', background ? 'pipe' : 'inherit'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
    }
    const release = stopWhenDue(child, deadline, context.signal, () => {
      output.push(`${stage.name}: not done after ${stage.limitMs / 1000} s, stopped\n`);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      release();
      resolve(code ?? 1);
    });
  });
}

/** Stops the child at its deadline or when the run is interrupted; by force when it does not obey. */
function stopWhenDue(
  child: ChildProcess,
  deadline: number,
  signal: AbortSignal,
  onDeadline: () => void,
): () => void {
  let force: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    force = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => {
    onDeadline();
    stop();
  }, deadline - performance.now());
  signal.addEventListener('abort', stop, { once: true });
  return () => {
    clearTimeout(timer);
    clearTimeout(force);
    signal.removeEventListener('abort', stop);
  };
}

function countsOf(stage: Stage, totalsFile: string, ok: boolean): Totals {
  if (stage.counts === 'one' && ok) return { ...noTotals, passed: 1 };
  const written = stage.counts === 'one' ? noTotals : (readTotals(totalsFile).at(-1) ?? noTotals);
  // Ended badly without a failed test to show for it: a crash, a syntax error, a rejected promise at the very end.
  return !ok && written.failed === 0
    ? { ...written, failed: 1, failures: ['ended badly, see what it printed'] }
    : written;
}

/** An error's message and those of its causes, each on a line. */
export function messageChain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined
    ? error.message
    : `${error.message}\n  because: ${messageChain(error.cause)}`;
}
