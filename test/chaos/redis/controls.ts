// The cases that must lose: they prove that the ledger sees a loss. Each is what this product does not do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../../support/chaos.ts';
import { onRestore, scaleAway } from '../../support/faults.ts';
import { healthyRedis, redisReplicas } from '../../support/redis-cluster.ts';
import { loseData, signalRedis, tellRedis } from '../../support/redis-nodes.ts';

/** Less than min-replicas-max-lag, in which a master without acknowledgements still takes writes. */
const unseenMs = 1_500;
const lossShowsMs = 3_000;

let operatorBack = (): Promise<void> => Promise.resolve();

/** Until somebody demotes it, the old master acknowledges what the new one never gets; the operator would. */
export const plainFailover: Scenario = {
  name: 'a plain SENTINEL FAILOVER of a healthy master, without operator',
  budgetMs: Infinity,
  prepare: async () => {
    operatorBack = await scaleAway('operator');
  },
  fault: async () => {
    await tellRedis('sentinel-0', 'sentinel', 'failover', 'main');
    await sleep(lossShowsMs);
  },
  heal: async () => {
    await operatorBack();
    return undefined;
  },
};

/** The master, and the replicas, which have taken nothing for a while. */
async function lagging(): Promise<readonly [string, readonly string[]]> {
  const [master, replicas] = [await healthyRedis(), await redisReplicas()];
  for (const replica of replicas) onRestore(`stopped ${replica}`, () => signalRedis(replica, 'CONT'));
  await Promise.all(replicas.map((replica) => signalRedis(replica, 'STOP')));
  await sleep(unseenMs);
  return [master, replicas];
}

/** Acknowledged by the master alone, while its replicas hang; then it dies. */
export const withoutWait: Scenario = {
  name: 'changes without WAIT, replicas that lag, master killed',
  budgetMs: Infinity,
  fault: async () => {
    const [master, replicas] = await lagging();
    // With its file it would come back, and be elected, with what only it has. And what was sent to the stopped ones is
    // in their sockets: they would read it first of all.
    await Promise.all([loseData(master), ...replicas.map((replica) => signalRedis(replica, 'KILL'))]);
  },
};

/** With WAIT nothing is acknowledged that no replica has. */
export const withWait: Scenario = {
  name: 'replicas that lag, master killed',
  budgetMs: 12_000,
  maxRuns: 2,
  fault: async () => {
    const [master, replicas] = await lagging();
    await signalRedis(master, 'KILL');
    await Promise.all(replicas.map((replica) => signalRedis(replica, 'CONT')));
  },
};
