// States that Sentinel never leaves by itself, each made by hand: the operator ends them within ten seconds.
import { expect } from 'chai';
import { randomBytes, randomInt } from 'node:crypto';
import type { Scenario } from '../../support/chaos.ts';
import { eventually } from '../../support/eventually.ts';
import { healthyRedis, redisReplicas, sentinels } from '../../support/redis-cluster.ts';
import { addressOf, tellRedis, untilOneMaster } from '../../support/redis-nodes.ts';

const healedMs = 10_000;
const nobody = '192.0.2.9';

/** @param healed resolves once the state is over. */
function injection(
  name: string,
  inject: () => Promise<void>,
  healed: () => Promise<number> = () => untilOneMaster(healedMs),
): Scenario {
  let tookMs = 0;
  return {
    ...{ name, maxRuns: 3 },
    // Writes may pause as long as the healing takes.
    budgetMs: healedMs,
    fault: async () => {
      await inject();
      tookMs = await healed();
    },
    heal: () => Promise.resolve({ healed: tookMs }),
  };
}

const twoMasters = injection('two masters', async () => {
  const [replica = ''] = await redisReplicas();
  await tellRedis(replica, 'replicaof', 'no', 'one');
});

const loop = injection('replicas in a loop, nobody master', async () => {
  const [first, second = ''] = [await healthyRedis(), ...(await redisReplicas())];
  const addresses = await Promise.all([first, second].map(addressOf));
  await Promise.all([
    tellRedis(first, 'replicaof', addresses[1] ?? '', '6379'),
    tellRedis(second, 'replicaof', addresses[0] ?? '', '6379'),
  ]);
});

const wrongMonitor = injection('a Sentinel that watches a wrong master', async () => {
  await tellRedis('sentinel-1', 'sentinel', 'remove', 'main');
  await tellRedis('sentinel-1', 'sentinel', 'monitor', 'main', nobody, '6379', '2');
});

/** Another one each time: one that comes back after it was forgotten lives, and is left alone for a while. */
let stranger = '';
const staleSentinels = injection(
  'Sentinels that remember one which is no more',
  async () => {
    const master = await healthyRedis();
    const address = await addressOf(master);
    stranger = randomBytes(20).toString('hex');
    await tellRedis(
      master,
      'publish',
      '__sentinel__:hello',
      `192.0.2.${10 + randomInt(200)},26379,${stranger},0,main,${address},6379,0`,
    );
  },
  async () => {
    const start = performance.now();
    await eventually(
      async () => {
        const known = await Promise.all(
          sentinels.map((each) => tellRedis(each, 'sentinel', 'sentinels', 'main')),
        );
        for (const list of known) {
          expect(list).to.not.contain(stranger);
          expect(list.match(/^runid$/gm), 'Sentinels known').to.have.length(2);
        }
      },
      { withinMs: healedMs * 2, everyMs: 200 },
    );
    return performance.now() - start;
  },
);

export const injected: readonly Scenario[] = [twoMasters, loop, wrongMonitor, staleSentinels];
