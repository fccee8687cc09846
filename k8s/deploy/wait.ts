// Watches a deployment until every check holds, saying each thing once when it is there and, every few seconds, what
// is still missing. Bounded: after the deadline it says what is stuck.
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../lib/progress.ts';
import { outdatedMembers } from './checks.ts';
import type { Check, Snapshot } from './checks.ts';
import { whatIsStuck } from './stuck.ts';
import { getList } from './target.ts';
import type { Target } from './target.ts';

const pollMs = 1000;
const quietMs = 15_000;
const watched = 'pods,jobs,deployments,statefulsets,horizontalpodautoscalers,postgressets,redissets';

export async function waitUntilReady(
  target: Target,
  checks: readonly Check[],
  deadlineMs: number,
): Promise<void> {
  const until = performance.now() + deadlineMs;
  let open = [...checks];
  let spokeAt = performance.now();
  let snapshot: Snapshot = [];
  while (performance.now() < until) {
    snapshot = await getList(target, watched);
    const before = open.length;
    open = open.filter((check) => !isDone(check, snapshot, target));
    if (open.length === 0) break;
    if (open.length < before) spokeAt = performance.now();
    if (performance.now() - spokeAt > quietMs) {
      say(`waiting for ${missing(open, snapshot)}`);
      spokeAt = performance.now();
    }
    await sleep(pollMs);
  }
  if (open.length === 0) {
    noteOutdated(snapshot);
    return;
  }
  const stuck = whatIsStuck(snapshot, target);
  throw new Error(`not ready after ${deadlineMs / 1000} s: ${missing(open, snapshot)}\n${stuck}`);
}

function noteOutdated(snapshot: Snapshot): void {
  const members = outdatedMembers(snapshot);
  if (members.length === 0) return;
  say(
    `note: ${members.join(', ')} still run the version before: the operator replaces them, or you delete them one by one`,
  );
}

function isDone(check: Check, snapshot: Snapshot, target: Target): boolean {
  const { state, says } = check.look(snapshot);
  if (state === 'failed') throw new Error(`${check.name}: ${says}\n${whatIsStuck(snapshot, target)}`);
  if (state === 'done') say(`${check.name} ready (${says})`);
  return state === 'done';
}

function missing(open: readonly Check[], snapshot: Snapshot): string {
  return open.map(({ name, look }) => `${name} (${look(snapshot).says})`).join(', ');
}
