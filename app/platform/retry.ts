// Rides over a failover: the same operation is tried until it is acknowledged or the caller's time is up. Only
// for operations that may be applied twice without harm (reads, and changes with an operation id).
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from './store-unavailable.ts';

const firstPauseMs = 25;
const longestPauseMs = 150;

/**
 * Repeats `attempt` while it throws StoreUnavailable, until `withinMs` have passed; then throws the last one.
 * Every other error is thrown at once. `withinMs` bounds the pauses, not the last attempt's own timeout.
 */
export async function retryWithin<T>(withinMs: number, attempt: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || performance.now() + pauseMs >= endMs) throw error;
    }
    await sleep(pauseMs);
  }
}
