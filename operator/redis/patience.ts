// How long each Sentinel lets the master be silent before it calls it down. Were it the same for all, they would begin to
// elect within the same milliseconds whenever a master's connections end at once, and three that each vote for themselves
// elect nobody: they wait for 10 s, and 10 s more before they try again (seen: an outage of 26 s).
import type { SetSettings } from './tell.ts';

/** Of the period, between one Sentinel and the next: long enough for a vote to be asked for and given. */
const APART = 0.15;

/**
 * Milliseconds, a whole number. The middle one has the period itself: with two of three a master is down, so that it is
 * noticed as late as before. The start script of a Sentinel (k8s/images/redis/bin/sentinel-node) reckons alike.
 */
export function patienceMs({ sentinels, downAfterMs }: SetSettings, sentinel: string): number {
  const place = sentinels.findIndex(({ name }) => name === sentinel);
  const middle = Math.floor(sentinels.length / 2);
  return Math.round(downAfterMs * (1 + APART * (place < 0 ? 0 : place - middle)));
}
