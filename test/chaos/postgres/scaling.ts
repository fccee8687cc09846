// The number of members changes under load: every step of the quorum is a moment in which a commit could be on too few.
import type { Scenario } from '../../support/chaos.ts';
import {
  postgresTerm,
  primaryAfter,
  healthyPostgres,
  signalPostgres,
} from '../../support/postgres-cluster.ts';
import { forgetVolumes, scalePostgres } from '../../support/postgres-scale.ts';

const added = ['pg-3', 'pg-4'];

async function backToThree(): Promise<undefined> {
  await scalePostgres(3);
  await healthyPostgres();
  await forgetVolumes(added);
}

const underLoad: Scenario = {
  name: 'scale 3→5→3 under load',
  budgetMs: 1000,
  maxRuns: 2,
  fault: () => scalePostgres(5),
  heal: backToThree,
};

const killedAtFive: Scenario = {
  name: 'scale 3→5→3, postgres killed -9 at five',
  budgetMs: 1500,
  leastChanges: 1,
  maxRuns: 2,
  fault: async () => {
    const primary = await healthyPostgres();
    await scalePostgres(5);
    const term = await postgresTerm();
    await signalPostgres(primary, 'KILL', 'postmaster');
    await primaryAfter(term);
  },
  // Once all five are there again: those that leave are gone at once, and with the killed one too few of five would be
  // left to write on (decision 14).
  heal: async () => {
    await scalePostgres(5);
    return backToThree();
  },
};

export const scaling: readonly Scenario[] = [underLoad, killedAtFive];
