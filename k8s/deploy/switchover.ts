// `make switchover`: asks the operator to make another member the Postgres primary (TO=pg-1, else any standby that
// streams), waits until it is, and tells how long writes paused.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresSet } from '../../operator/postgres/resource.ts';
import { readSettings, Refusal } from './settings.ts';
import { kubectl, mayExist, targetOf } from './target.ts';
import type { Target } from './target.ts';

const deadlineMs = 60_000;
const pollMs = 300;

async function read(target: Target): Promise<PostgresSet> {
  const output = await kubectl(target, ['get', 'postgresset', 'pg', '-n', target.namespace, '-o', 'json']);
  return JSON.parse(output) as PostgresSet;
}

/** The member that was asked for, or the first standby that streams. Refuses what the operator could not do. */
export function targetMember({ status = {} }: PostgresSet, wanted: string | undefined): string {
  const { ballot, members = [], phase } = status;
  if (ballot?.stage !== 'serving' || ballot.primary === null) {
    throw new Refusal(`the set has no primary now (${phase ?? 'no status'}): try again later`);
  }
  return choose(ballot.primary, streamingStandbys(members, ballot.primary), wanted);
}

function choose(primary: string, standbys: readonly string[], wanted: string | undefined): string {
  const [first] = standbys;
  if (wanted === primary) throw new Refusal(`${wanted} is primary already`);
  if (first === undefined) throw new Refusal('no standby streams: there is nobody to hand over to');
  if (wanted !== undefined && !standbys.includes(wanted)) {
    throw new Refusal(`TO=${wanted} is not a standby that streams: ${standbys.join(', ')} are`);
  }
  return wanted ?? first;
}

function streamingStandbys(members: readonly object[], primary: string): readonly string[] {
  return (members as { name: string; streaming?: boolean }[])
    .filter(({ name, streaming }) => name !== primary && streaming === true)
    .map(({ name }) => name);
}

async function untilDone(target: Target, id: string): Promise<string> {
  const until = performance.now() + deadlineMs;
  for (;;) {
    const { status = {} } = await read(target);
    const { history = [], ballot, switchoverDone, phase = 'unknown' } = status;
    const entry = history.find(({ term }) => term === ballot?.term);
    if (switchoverDone === id && entry) {
      return `${entry.to} is primary in term ${entry.term}; writes paused for ${entry.outageMs ?? '?'} ms`;
    }
    if (performance.now() > until) {
      throw new Error(`not done after ${deadlineMs / 1000} s (${phase}): the operator does it once it can`);
    }
    await sleep(pollMs);
  }
}

async function main(): Promise<string> {
  const target = targetOf(readSettings(process.env));
  if (!mayExist(target)) throw new Refusal('there is no cluster yet: run make deploy');
  const to = targetMember(await read(target), process.env.TO || undefined);
  const id = new Date().toISOString();
  const patch = JSON.stringify({ spec: { switchover: { to, id } } });
  await kubectl(target, ['patch', 'postgresset', 'pg', '-n', target.namespace, '--type=merge', '-p', patch]);
  return untilDone(target, id);
}

if (import.meta.main) {
  try {
    process.stdout.write(`${await main()}\n`);
  } catch (error) {
    process.stderr.write(`switchover: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
