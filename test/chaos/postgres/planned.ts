// What administrators do on purpose: nothing of it may fail a request.
import type { Scenario } from '../../support/chaos.ts';
import { drainNode } from '../../support/faults.ts';
import {
  healthyPostgres,
  nodeOf,
  postgresMembers,
  postgresTerm,
  primaryAfter,
  requestPostgresSwitchover,
} from '../../support/postgres-cluster.ts';
import { rollPostgresImage } from '../../support/postgres-image.ts';

export const switchover: Scenario = {
  name: 'switchover under load',
  budgetMs: 1000,
  leastChanges: 1,
  noFailedRequest: true,
  fault: async () => {
    const primary = await healthyPostgres();
    const term = await postgresTerm();
    const to = postgresMembers.find((name) => name !== primary) ?? primary;
    await requestPostgresSwitchover(to);
    const now = await primaryAfter(term);
    if (now !== to) throw new Error(`${now} became primary, ${to} was asked for`);
  },
};

const drain: Scenario = {
  name: 'drain of the primary’s node',
  budgetMs: 1000,
  leastChanges: 1,
  noFailedRequest: true,
  fault: async () => drainNode(await nodeOf(await healthyPostgres())),
};

const imageUpdate: Scenario = {
  name: 'rolling image update',
  budgetMs: 1000,
  leastChanges: 1,
  noFailedRequest: true,
  fault: () => rollPostgresImage(),
};

export const planned: readonly Scenario[] = [switchover, drain, imageUpdate];
