// Planned switches, by the operator and by a pod before it stops: nobody who was in sync copies the data set again.
// A full copy takes as long as the data is big, and until one replica has ended it no change is acknowledged.
import { expect } from 'chai';
import { median } from '../../load/bench/ratios.ts';
import { startLedger } from '../../load/ledger.ts';
import type { Ledger } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { follows, startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a Redis set whose master role is moved again and again', function () {
  this.timeout(timeouts.steadyStateMs);
  let tier: RedisTier;
  let ledger: Ledger;

  beforeEach(async () => {
    tier = await startRedisTier();
    ledger = startLedger(redisCarts(tier.redis, 6));
  });

  afterEach(async () => {
    await ledger.stop();
    await tier.close();
  });

  type Move = (master: string, next: string) => Promise<void>;

  /** @returns for how many milliseconds no change was acknowledged. */
  const moveOnce = async (move: Move): Promise<number> => {
    const master = await tier.master();
    const from = ledger.acknowledged();
    await eventually(() => expect(ledger.acknowledged()).to.be.above(from + 50), {
      withinMs: timeouts.localServerReadyMs,
    });
    ledger.mark();
    await move(master, tier.set.members.find((name) => name !== master) ?? '');
    await eventually(async () => expect(await tier.master()).not.to.equal(master), {
      withinMs: timeouts.steadyStateMs,
    });
    const outageMs = ledger.outageMs();
    const successor = await tier.master();
    for (const name of tier.set.members) if (name !== successor) await follows(tier.set, name, successor);
    return outageMs;
  };

  const moveOften = async (times: number, move: Move): Promise<string> => {
    const before = await fullCopies(tier);
    const outagesMs: number[] = [];
    for (let count = 0; count < times; count += 1) outagesMs.push(await moveOnce(move));
    expect((await fullCopies(tier)) - before, 'full copies').to.equal(0);
    expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
    return `outage ${Math.round(median(outagesMs))} ms, median of ${outagesMs.join(', ')}`;
  };

  const byOperator: Move = async (_master, next) => {
    tier.operator.switchTo(next);
    await Promise.resolve();
  };

  it('needs no full copy when the operator moves it', async () => {
    const seen = await moveOften(10, byOperator);
    process.stdout.write(`        ${seen}\n`);
  });

  it('sends away from the old master who listens for changes', async () => {
    const listener = tier.set.connect(await tier.master()).duplicate({ retryStrategy: () => null });
    let isSentAway = false;
    listener.on('close', () => (isSentAway = true));
    try {
      await listener.subscribe('changes');
      await moveOnce(byOperator);
      await eventually(() => expect(isSentAway).to.equal(true), { withinMs: timeouts.steadyStateMs });
    } finally {
      listener.disconnect();
    }
  });

  it('needs no full copy when the pod hands it over before it stops', async () => {
    const seen = await moveOften(5, async (master) => {
      expect(await tier.set.run(master, 'redis-node-pre-stop')).to.equal(0);
    });
    process.stdout.write(`        ${seen}\n`);
  });
});

/** How often any member has sent all its data to another since it started. */
async function fullCopies({ set }: RedisTier): Promise<number> {
  const infos = await Promise.all(set.members.map((name) => set.connect(name).info('stats')));
  return infos.reduce((sum, info) => sum + Number(/^sync_full:(\d+)/m.exec(info)?.[1]), 0);
}
