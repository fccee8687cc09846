// Faults of the primary itself: its process, its pod.
import type { Scenario } from '../../support/chaos.ts';
import { deletePod, onRestore } from '../../support/faults.ts';
import {
  healthyPostgres,
  postgresTerm,
  primaryAfter,
  signalPostgres,
} from '../../support/postgres-cluster.ts';

export const killed: Scenario = {
  name: 'postgres killed -9',
  budgetMs: 1000,
  leastChanges: 1,
  fault: async () => signalPostgres(await healthyPostgres(), 'KILL', 'postmaster'),
};

export const deleted: Scenario = {
  name: 'primary pod deleted with no grace',
  budgetMs: 2000,
  leastChanges: 1,
  fault: async () => deletePod(await healthyPostgres(), { graceSeconds: 0 }),
};

const stopped: Scenario = {
  name: 'primary SIGSTOPped, then continued',
  budgetMs: 5000,
  leastChanges: 1,
  fault: async () => {
    const pod = await healthyPostgres();
    const term = await postgresTerm();
    onRestore(`stopped ${pod}`, () => signalPostgres(pod, 'CONT', 'all'));
    await signalPostgres(pod, 'STOP', 'all');
    await primaryAfter(term);
  },
};

export const members: readonly Scenario[] = [killed, deleted, stopped];
