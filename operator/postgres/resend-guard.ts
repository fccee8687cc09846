// Keeps what is decided on every pass from being sent on every pass: the same thing is not due again sooner.
import type { Clock } from '../runtime/clock.ts';

/** Says whether `key` is due, and counts it as sent when it is. Forgets what is older than `resendMs` milliseconds. */
export function createResendGuard(clock: Clock, resendMs: number): (key: string) => boolean {
  const sent = new Map<string, number>();
  return (key) => {
    const nowMs = clock.nowMs();
    for (const [old, atMs] of sent) if (nowMs - atMs > resendMs) sent.delete(old);
    if (sent.has(key)) return false;
    sent.set(key, nowMs);
    return true;
  };
}
