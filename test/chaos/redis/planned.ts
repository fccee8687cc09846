// What administrators do on purpose.
import type { Scenario } from '../../support/chaos.ts';
import { deletePod, drainNode } from '../../support/faults.ts';
import { nodeOf } from '../../support/postgres-cluster.ts';
import {
  healthyRedis,
  masterAfter,
  redisReplicas,
  requestSwitchover,
  rollRedis,
} from '../../support/redis-cluster.ts';

const budgetMs = 2_000;
const switches = 20;

const graceful: Scenario = {
  name: 'master pod deleted with grace',
  budgetMs,
  leastChanges: 1,
  fault: async () => deletePod(await healthyRedis()),
};

const drain: Scenario = {
  name: 'drain of the master’s node',
  budgetMs,
  leastChanges: 1,
  fault: async () => drainNode(await nodeOf(await healthyRedis())),
};

const rollingUpdate: Scenario = {
  name: 'rolling update of all members',
  budgetMs,
  leastChanges: 1,
  maxRuns: 3,
  fault: () => rollRedis(),
};

const planSwitches: Scenario = {
  name: `planned switch, ${switches} times`,
  budgetMs,
  maxRuns: 1,
  fault: async () => {
    for (let count = 0; count < switches; count += 1) {
      const before = await healthyRedis();
      const [target = ''] = await redisReplicas();
      await requestSwitchover(target);
      const after = await masterAfter(before);
      if (after !== target) throw new Error(`${after} became master, ${target} was asked for`);
    }
  },
};

export const planned: readonly Scenario[] = [graceful, planSwitches, rollingUpdate, drain];
