// Faults of the master itself: its process, its pod, its data.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../../support/chaos.ts';
import { deletePod, onRestore } from '../../support/faults.ts';
import { execIn } from '../../support/kubectl.ts';
import { healthyRedis, masterAfter } from '../../support/redis-cluster.ts';
import { signalRedis } from '../../support/redis-nodes.ts';

const hungMs = 60_000;

const killed: Scenario = {
  name: 'master process killed -9',
  budgetMs: 6_000,
  leastChanges: 1,
  fault: async () => signalRedis(await healthyRedis(), 'KILL'),
};

const deleted: Scenario = {
  name: 'master pod deleted with no grace',
  budgetMs: 6_000,
  leastChanges: 1,
  fault: async () => deletePod(await healthyRedis(), { graceSeconds: 0 }),
};

const emptied: Scenario = {
  name: 'empty master restarted at once at the same address',
  budgetMs: 7_000,
  leastChanges: 1,
  // Kubelet keeps a container that ends again and again away for longer each time: a fourth run would wait for it.
  maxRuns: 3,
  fault: async () => {
    const master = await healthyRedis();
    await execIn(master, ['sh', '-c', 'rm -rf /data/*']);
    await signalRedis(master, 'KILL');
  },
};

let hungMaster = '';
const hung: Scenario = {
  name: 'master hung 60 s (SIGSTOP), then continued',
  budgetMs: 7_000,
  leastChanges: 1,
  maxRuns: 2,
  fault: async () => {
    hungMaster = await healthyRedis();
    onRestore(`stopped ${hungMaster}`, () => signalRedis(hungMaster, 'CONT'));
    await signalRedis(hungMaster, 'STOP');
  },
  heal: async () => {
    await sleep(hungMs);
    await signalRedis(hungMaster, 'CONT');
    await masterAfter(hungMaster);
    return undefined;
  },
};

export const members: readonly Scenario[] = [killed, deleted, emptied, hung];
