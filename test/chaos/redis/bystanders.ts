// Faults of what Redis needs to be healed by, in the moment the master dies.
import type { Scenario } from '../../support/chaos.ts';
import { scaleAway } from '../../support/faults.ts';
import { eventually } from '../../support/eventually.ts';
import { execIn, getItems, nameOf } from '../../support/kubectl.ts';
import { healthyRedis, redisReplicas, redisState, rollRedis } from '../../support/redis-cluster.ts';
import { signalRedis } from '../../support/redis-nodes.ts';
import { timeouts } from '../../support/timeouts.ts';

const budgetMs = 7_000;

let bringBack = (): Promise<void> => Promise.resolve();
const withoutOperator: Scenario = {
  name: 'operator down while the master dies',
  budgetMs,
  leastChanges: 1,
  maxRuns: 2,
  prepare: async () => {
    bringBack = await scaleAway('operator');
    await eventually(
      async () => {
        const pods = await getItems('pods', '-l', 'app.kubernetes.io/name=operator');
        if (pods.length > 0) throw new Error('the operator still runs');
      },
      { withinMs: timeouts.podReadyMs },
    );
  },
  fault: async () => signalRedis((await redisState()).master ?? '', 'KILL'),
  heal: async () => {
    await bringBack();
    return undefined;
  },
};

const withoutDns: Scenario = {
  name: 'DNS down while the master’s process dies',
  budgetMs,
  leastChanges: 1,
  maxRuns: 3,
  prepare: async () => {
    const system = ['-n', 'kube-system'];
    const back = await scaleAway('coredns', 'kube-system');
    bringBack = back;
    await eventually(
      async () => {
        const pods = await getItems<{ metadata: { name: string } }>(
          'pods',
          ...system,
          '-l',
          'k8s-app=kube-dns',
        );
        if (pods.length > 0) throw new Error(`${pods.map(nameOf).join(', ')} still runs`);
      },
      { withinMs: timeouts.podReadyMs },
    );
  },
  fault: async () => signalRedis(await healthyRedis(), 'KILL'),
  heal: async () => {
    await bringBack();
    return undefined;
  },
};

let neverSynced = '';
const unsynced: Scenario = {
  name: 'master dies beside a replica that was never synced',
  // Two of three are gone at once: nothing is acknowledged before kubelet has brought one back, and it has caught up.
  budgetMs: 15_000,
  maxRuns: 2,
  // Kubelet keeps a container away for 10 s and more that has ended before, and here the master's data is needed.
  prepare: () => rollRedis(),
  fault: async () => {
    const master = await healthyRedis();
    const [replica = ''] = await redisReplicas();
    neverSynced = replica;
    await execIn(replica, ['sh', '-c', 'rm -rf /data/*']);
    // Empty when it comes back, and without anybody to be synced from.
    await Promise.all([replica, master].map((pod) => signalRedis(pod, 'KILL')));
  },
  heal: async () => {
    const master = await healthyRedis();
    if (master === neverSynced) throw new Error(`${master} had no data and was promoted`);
    return undefined;
  },
};

export const bystanders: readonly Scenario[] = [withoutOperator, withoutDns, unsynced];
