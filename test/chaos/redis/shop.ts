// What Redis alone cannot keep, and the shop does: a change that was acknowledged by the two members that die together.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosLedger, Scenario } from '../../support/chaos.ts';
import { startShopLedger } from '../../load/shop-ledger.ts';
import { onRestore } from '../../support/faults.ts';
import { healthyRedis, redisReplicas } from '../../support/redis-cluster.ts';
import { loseData, signalRedis } from '../../support/redis-nodes.ts';

const shoppers = 4;
const aloneMs = 1_000;

/** Shoppers at the shop's own door, whose carts are in Redis and, behind it, in Postgres. */
export async function startShopChaosLedger(): Promise<ChaosLedger> {
  const ledger = await startShopLedger(shoppers);
  return {
    mark: () => {
      ledger.mark();
      return Promise.resolve();
    },
    acked: () => Promise.resolve(ledger.acknowledged()),
    finish: async () => {
      const report = await ledger.stop();
      const { acknowledged: acked, doubled: duplicated, behind, outageMs, outageAtMs } = report;
      // A view that shows less is a loss to whoever looks at it.
      return { acked, lost: report.lost + behind, duplicated, backwards: 0, outageMs, outageAtMs };
    },
  };
}

export const twoDie: Scenario = {
  name: 'master and acknowledging replica die within 1 s, with their data: carts come back from Postgres',
  budgetMs: 15_000,
  maxRuns: 2,
  fault: async () => {
    const [master, [confirming = '', lagging = '']] = [await healthyRedis(), await redisReplicas()];
    // What is acknowledged from here on is in the two alone that are lost.
    onRestore(`stopped ${lagging}`, () => signalRedis(lagging, 'CONT'));
    await signalRedis(lagging, 'STOP');
    await sleep(aloneMs);
    await Promise.all([master, confirming].map(loseData));
    await signalRedis(lagging, 'CONT');
  },
};
