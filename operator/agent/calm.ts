// The moment for what was planned. A drain tears down and starts a dozen containers within seconds; a hand-over in the
// middle of that makes writers wait for the processor, not for Postgres. What is planned can wait a little: the server
// goes on serving meanwhile. Measured by the kernel's own account of waiting (Documentation/accounting/psi.rst).
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const PRESSURE_FILE = '/proc/pressure/cpu';
const WINDOW_MS = 250;
/** Part of a window in which somebody waited for a processor: on two cores under light load 0.15 to 0.6, in a drain 0.8 to 1. */
const CALM_BELOW = 0.6;
/** One calm window between two busy ones is no calm. */
const CALM_WINDOWS = 3;

/** Microseconds since the start of the node in which some task of it waited for a processor; null where unknown. */
export type ReadStalledMicros = () => Promise<number | null>;

/**
 * Resolves when the node has been calm for a moment, when `limitMs` are over, or at once where the kernel does not tell.
 * @returns milliseconds waited.
 */
export async function untilCalm(
  limitMs: number,
  readStalled: ReadStalledMicros = readPressure,
): Promise<number> {
  const startMs = performance.now();
  let calmWindows = 0;
  let before = await readStalled();
  let beforeMs = startMs;
  while (before !== null && calmWindows < CALM_WINDOWS && performance.now() - startMs < limitMs) {
    await sleep(WINDOW_MS);
    const after = await readStalled();
    if (after === null) break;
    const nowMs = performance.now();
    const share = (after - before) / 1000 / (nowMs - beforeMs);
    calmWindows = share < CALM_BELOW ? calmWindows + 1 : 0;
    [before, beforeMs] = [after, nowMs];
  }
  return Math.round(performance.now() - startMs);
}

async function readPressure(): Promise<number | null> {
  const text = await readFile(PRESSURE_FILE, 'utf8').catch(() => '');
  const micros = /^some .*total=(\d+)/.exec(text)?.[1];
  return micros === undefined ? null : Number(micros);
}
