// A pod that begins to hand its master role over and then cannot be sure of its replicas, or of its own role: it asks no
// Sentinel for a failover. What goes wrong is put between its script and redis-cli.
import { expect } from 'chai';
import { startLedger } from '../../load/ledger.ts';
import type { Ledger } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { redisCliFault } from '../../support/redis-cli-fault.ts';
import { startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a pod that hands its master role over before it stops', function () {
  this.timeout(timeouts.steadyStateMs);
  let tier: RedisTier;
  let ledger: Ledger;

  before(async () => {
    tier = await startRedisTier();
  });

  after(() => tier.close());

  beforeEach(async () => {
    ledger = startLedger(redisCarts(tier.redis, 6));
    await acknowledges(50);
  });

  afterEach(() => ledger.stop());

  const acknowledges = async (count: number): Promise<void> => {
    const from = ledger.acknowledged();
    await eventually(() => expect(ledger.acknowledged()).to.be.above(from + count), {
      withinMs: timeouts.localServerReadyMs,
    });
  };

  /**
   * Hands over with this fault in the way of what is asked once the master stands still.
   * @returns what was asked of all nodes.
   */
  const handOver = async (master: string, fault: string): Promise<string> => {
    const standsStill = `grep -q 'replicaof 127.0.0.1 1' "$log"`;
    const inTheWay = await redisCliFault(`if ${standsStill}; then ${fault}; fi`);
    try {
      const preStop = (): ReturnType<typeof tier.set.run> => tier.set.run(master, 'redis-node-pre-stop');
      expect(await inTheWay.inTheWayOf(preStop)).to.equal(0);
      return await inTheWay.asked();
    } finally {
      await inTheWay.remove();
    }
  };

  const goesOn = async (master: string, asked: string): Promise<void> => {
    expect(asked).to.contain('replicaof 127.0.0.1 1').and.not.contain('sentinel failover');
    await acknowledges(100);
    expect(await tier.master()).to.equal(master);
    expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
  };

  it('goes on as master when a replica does not say how far it is', async () => {
    const master = await tier.master();
    const [target = ''] = tier.set.members.filter((name) => name !== master);
    const isAsked = `[[ $asked == "${tier.set.address(target)} "*"info replication" ]]`;
    await goesOn(master, await handOver(master, `if ${isAsked}; then exit 124; fi`));
  });

  it('goes on as master when it does not know how far it is itself', async () => {
    const master = await tier.master();
    const isAsked = `[[ $asked == "${tier.set.address(master)} "*"info replication" ]]`;
    await goesOn(master, await handOver(master, `if ${isAsked}; then exit 124; fi`));
  });

  it('gives up before the operator, who waits three seconds, makes it master again', async () => {
    const master = await tier.master();
    const isAsked = '[[ $asked == *"info replication" ]]';
    await goesOn(master, await handOver(master, `if ${isAsked}; then sleep 0.8; fi`));
  });

  it('asks for nothing any more once it was told to go on', async () => {
    const master = await tier.master();
    const last = tier.set.members.findLast((name) => name !== master) ?? '';
    const isAsked = `[[ $asked == "${tier.set.address(last)} "*"info replication" ]]`;
    const bless = `printf 'replicaof no one\\nconfig set min-replicas-to-write 1\\n' |
      redis-cli --no-auth-warning --user operator -h ${tier.set.address(master)} -p 6379 >/dev/null`;
    await goesOn(master, await handOver(master, `if ${isAsked}; then ${bless}; fi`));
  });
});
