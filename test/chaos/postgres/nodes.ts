// Faults of the node under the primary: without power, without processor, without network.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../../support/chaos.ts';
import { cutNode, freezeNode, reconnectNode, resumeNode, startNode, stopNode } from '../../support/faults.ts';
import {
  healthyPostgres,
  nodeOf,
  operatorLeader,
  postgresMembers,
  primaryAfter,
  postgresTerm,
  requestPostgresSwitchover,
} from '../../support/postgres-cluster.ts';

const frozenMs = 60_000;

/** A fault of the primary's node, over once another member serves. */
function onPrimaryNode(
  scenario: Pick<Scenario, 'name' | 'budgetMs'>,
  breakNode: (node: string) => Promise<void>,
  mendNode: (node: string) => Promise<void>,
): Scenario {
  let node = '';
  return {
    prepare: () => movePrimary((place, leaderPlace) => place !== leaderPlace),
    leastChanges: 1,
    ...scenario,
    fault: async () => {
      node = await nodeOf(await healthyPostgres());
      const term = await postgresTerm();
      await breakNode(node);
      await primaryAfter(term);
    },
    heal: async () => {
      await mendNode(node);
      return undefined;
    },
  };
}

const stopped = onPrimaryNode(
  { name: 'primary’s node stopped (zone lost)', budgetMs: 5000 },
  stopNode,
  startNode,
);

const cut = onPrimaryNode(
  { name: 'primary’s node cut from the network, both ways, then healed', budgetMs: 5000 },
  cutNode,
  reconnectNode,
);

const frozen = onPrimaryNode(
  { name: 'node frozen 60 s, then resumed', budgetMs: 5000 },
  freezeNode,
  async (node) => {
    await sleep(frozenMs);
    await resumeNode(node);
  },
);

const withLeader: Scenario = {
  ...onPrimaryNode(
    { name: 'operator leader and primary on one node, node stopped', budgetMs: 9000 },
    stopNode,
    startNode,
  ),
  prepare: () => movePrimary((place, leaderPlace) => place === leaderPlace),
};

/** Where the operator's leader runs makes a difference: each scenario says whether the primary is to be there. */
async function movePrimary(suits: (place: string, leaderPlace: string) => boolean): Promise<void> {
  const leaderPlace = await nodeOf(await operatorLeader());
  if (suits(await nodeOf(await healthyPostgres()), leaderPlace)) return;
  for (const member of postgresMembers) {
    if (!suits(await nodeOf(member), leaderPlace)) continue;
    const term = await postgresTerm();
    await requestPostgresSwitchover(member);
    await primaryAfter(term);
    await healthyPostgres();
    return;
  }
  throw new Error(`no member of Postgres is where the scenario needs it (leader on ${leaderPlace})`);
}

export const nodes: readonly Scenario[] = [stopped, frozen, cut, withLeader];
