// Waiting on a condition: retries an assertion until it holds, and when it never does, fails with that
// assertion itself, so that a timeout says what was still wrong and not merely that time ran out.
import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long the assertion may take to hold, in milliseconds. */
  readonly withinMs: number;
  /** Pause between two tries, in milliseconds. @default 100 */
  readonly everyMs?: number;
}

/** Runs `assertion` until it does not throw; after `withinMs`, throws what the last try threw. */
export async function eventually<T>(
  assertion: () => Promise<T> | T,
  { withinMs, everyMs = 100 }: EventuallyOptions,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      const elapsedMs = Math.round(performance.now() - start);
      if (elapsedMs >= withinMs) throw stillWrong(error, elapsedMs);
    }
    await sleep(everyMs);
  }
}

function stillWrong(error: unknown, elapsedMs: number): Error {
  const last = error instanceof Error ? error : new Error(String(error));
  last.message = `${last.message} (still so after ${elapsedMs} ms)`;
  return last;
}
