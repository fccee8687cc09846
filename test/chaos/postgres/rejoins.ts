// How a former primary comes back when it is not easy: its set has moved on twice, its log cannot be rewound, its volume
// is gone. Each must stream again within the time allowed, without anybody's help.
import { expect } from 'chai';
import type { Scenario } from '../../support/chaos.ts';
import { cordonNode, deletePod, onRestore, uncordonNode } from '../../support/faults.ts';
import { execIn, kubectl } from '../../support/kubectl.ts';
import {
  healthyPostgres,
  historySince,
  nodeOf,
  postgresStatus,
  postgresTerm,
  primaryAfter,
  signalPostgres,
} from '../../support/postgres-cluster.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';

const rejoinMs = 30_000;

/** From now until the whole set is healthy again. */
async function timeRejoin(): Promise<Readonly<Record<string, number>>> {
  const start = performance.now();
  await healthyPostgres();
  const tookMs = performance.now() - start;
  expect(tookMs, 'milliseconds until the former primary streams').to.be.at.most(rejoinMs);
  return { rejoin: tookMs };
}

/** As the operator recorded it: the copying is over before anybody outside could look. */
async function timeClone(term: number): Promise<Readonly<Record<string, number>>> {
  const tookMs = await eventually(
    async () => {
      const { from, rejoined } = (await historySince(term)).at(-1) ?? {};
      const [, took] = /^clone in (\d+) ms/.exec(rejoined ?? '') ?? [];
      expect(took, `${from ?? '?'} came back by ${rejoined ?? 'nothing yet'}`).to.be.a('string');
      return Number(took);
    },
    { withinMs: timeouts.soonMs, everyMs: 500 },
  );
  return { rejoin: tookMs };
}

let place = '';
let termBefore = 0;

/** Takes the primary's pod away and keeps it away; resolves once another member serves. */
async function keepPrimaryAway(): Promise<string> {
  const primary = await healthyPostgres();
  place = await nodeOf(primary);
  termBefore = await postgresTerm();
  await cordonNode(place);
  await deletePod(primary, { graceSeconds: 0 });
  await primaryAfter(termBefore);
  return primary;
}

const afterTwoFailovers: Scenario = {
  name: 'old primary back after two failovers',
  // Two of three fail one after the other: what is asked is the way back.
  budgetMs: Infinity,
  leastChanges: 2,
  maxRuns: 2,
  fault: async () => {
    await keepPrimaryAway();
    const { ballot } = await postgresStatus();
    const { term = 0, primary: next = null } = ballot ?? {};
    if (next === null) throw new Error('the first failover left no primary');
    onRestore(`stopped ${next}`, () => signalPostgres(next, 'CONT', 'all'));
    await signalPostgres(next, 'STOP', 'all');
    await primaryAfter(term);
  },
  heal: async () => {
    await uncordonNode(place);
    return timeRejoin();
  },
};

const rewindFails: Scenario = {
  name: 'rewind fails → clone',
  budgetMs: 2000,
  leastChanges: 1,
  maxRuns: 2,
  fault: async () => {
    const primary = await healthyPostgres();
    termBefore = await postgresTerm();
    // pg_rewind gives up on a name that is a folder here and a file there.
    const spoil = 'rm "$PGDATA/postgresql.conf" && mkdir "$PGDATA/postgresql.conf"';
    await execIn(primary, ['sh', '-c', spoil], { container: 'postgres' });
    await signalPostgres(primary, 'KILL', 'postmaster');
    await primaryAfter(termBefore);
  },
  heal: async () => {
    await timeRejoin();
    return timeClone(termBefore);
  },
};

const volumeLost: Scenario = {
  name: 'volume lost',
  budgetMs: 2000,
  leastChanges: 1,
  maxRuns: 2,
  fault: async () => {
    const primary = await healthyPostgres();
    termBefore = await postgresTerm();
    await kubectl(['delete', 'pvc', `data-${primary}`, '--wait=false']);
    await deletePod(primary, { graceSeconds: 0 });
    await primaryAfter(termBefore);
  },
  heal: async () => {
    // With the new pod and its volume.
    const times = await timeRejoin();
    await timeClone(termBefore);
    return times;
  },
};

export const rejoins: readonly Scenario[] = [afterTwoFailovers, rewindFails, volumeLost];
