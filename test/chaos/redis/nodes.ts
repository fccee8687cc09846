// Faults of the node under the master: without power, without network.
import type { Scenario } from '../../support/chaos.ts';
import { cutNode, reconnectNode, startNode, stopNode } from '../../support/faults.ts';
import { nodeOf } from '../../support/postgres-cluster.ts';
import { healthyRedis } from '../../support/redis-cluster.ts';

const budgetMs = 7_000;

function onMasterNode(
  name: string,
  breakNode: (node: string) => Promise<void>,
  mendNode: (node: string) => Promise<void>,
): Scenario {
  let node = '';
  return {
    ...{ name, budgetMs, leastChanges: 1 },
    fault: async () => {
      node = await nodeOf(await healthyRedis());
      await breakNode(node);
    },
    heal: async () => {
      await mendNode(node);
      return undefined;
    },
  };
}

export const nodes: readonly Scenario[] = [
  onMasterNode('master’s node stopped (zone lost)', stopNode, startNode),
  onMasterNode('master’s node cut off with its clients, then healed', cutNode, reconnectNode),
];
