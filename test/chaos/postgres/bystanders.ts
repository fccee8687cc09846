// Faults of everything but the primary: writes must not notice, unless nobody is left to acknowledge them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../../support/chaos.ts';
import {
  cordonNode,
  deletePod,
  scaleAway,
  startApiServer,
  startNode,
  stopApiServer,
  stopNode,
  uncordonNode,
} from '../../support/faults.ts';
import { healthyPostgres, nodeOf, postgresMembers } from '../../support/postgres-cluster.ts';

/** No outage: a pause that a busy machine makes between two writes anyway. */
const none = 500;
/** A node boots on the cores that everything here shares: the pause is then (0.4 to 0.7 s), not at the loss (0.1 s). */
const whileNodeBoots = 1000;
const apiDownMs = 120_000;
const operatorDownMs = 20_000;
/** Long enough that a commit of nobody's acknowledgement would have been seen. */
const aloneMs = 5000;

const standbys = async (): Promise<string[]> => {
  const primary = await healthyPostgres();
  return postgresMembers.filter((name) => name !== primary);
};

let lostNode = '';
const standbyLost: Scenario = {
  name: 'standby lost',
  budgetMs: whileNodeBoots,
  maxRuns: 2,
  fault: async () => {
    const [standby = ''] = await standbys();
    lostNode = await nodeOf(standby);
    await stopNode(lostNode);
  },
  heal: async () => {
    await startNode(lostNode);
    return undefined;
  },
};

const apiServerDown: Scenario = {
  name: 'API server down 2 min',
  budgetMs: none,
  maxRuns: 1,
  fault: async () => {
    await stopApiServer();
    await sleep(apiDownMs);
    await startApiServer();
  },
};

const operatorDown: Scenario = {
  name: 'operator down',
  budgetMs: none,
  maxRuns: 2,
  fault: async () => {
    const back = await scaleAway('operator');
    await sleep(operatorDownMs);
    await back();
  },
};

const bothStandbysLost: Scenario = {
  name: 'both standbys lost: writes wait, resume by themselves',
  budgetMs: Infinity,
  leastOutageMs: 1000,
  maxRuns: 1,
  fault: async () => {
    const gone = await standbys();
    const places = await Promise.all(gone.map(nodeOf));
    await Promise.all(places.map(cordonNode));
    await Promise.all(gone.map((pod) => deletePod(pod, { graceSeconds: 0 })));
    await sleep(aloneMs);
    await Promise.all(places.map(uncordonNode));
  },
};

export const bystanders: readonly Scenario[] = [standbyLost, operatorDown, apiServerDown, bothStandbysLost];
