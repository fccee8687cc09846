// States that Sentinel never leaves by itself, each injected by hand: the operator ends them, without losing a key.
import { once } from 'node:events';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { masterName } from '../../support/redis-set.ts';
import { startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const healedMs = 10_000;

describe('a Redis set that Sentinel alone cannot heal', () => {
  let tier: RedisTier;

  beforeEach(async function () {
    this.timeout(timeouts.fixtureMs);
    tier = await startRedisTier();
    const master = tier.set.connect(await tier.master());
    await master.set('kept', 'yes');
    await master.call('incr', 'ha:seq');
    expect(await master.call('wait', 2, 2_000)).to.equal(2);
  });

  afterEach(() => tier.close());

  /** The injected state must have been seen before it can be said to be healed. */
  const broken = (): Promise<void> =>
    eventually(() => expect(tier.operator.last()?.verdict.phase).to.not.equal('Healthy'), {
      withinMs: timeouts.soonMs,
      everyMs: 10,
    }).then(() => undefined);

  const healed = async (withinMs = healedMs): Promise<string> => {
    const master = await tier.operator.healthy(withinMs);
    for (const name of tier.set.members) {
      expect(await tier.set.connect(name).get('kept'), name).to.equal('yes');
    }
    return master;
  };

  const restart = async (names: readonly string[]): Promise<void> => {
    await Promise.all(names.map((name) => tier.set.kill(name)));
    await Promise.all(names.map((name) => tier.set.start(name)));
  };

  it('is led by one master again after a second one appeared', async () => {
    await tier.set.connect('redis-2').call('replicaof', 'no', 'one');
    await broken();
    expect(await healed()).to.equal('redis-0');
  }).timeout(timeouts.fixtureMs);

  it('sends whoever reads from a second master away before that follows the first', async () => {
    const reader = tier.set.connect('redis-2', 'app');
    await reader.get('kept');
    const sentAway = once(reader, 'close', { signal: AbortSignal.timeout(healedMs) });
    await tier.set.connect('redis-2').call('replicaof', 'no', 'one');
    await sentAway;
    expect(await tier.set.connect('redis-2').role()).to.include('master');
    expect(await healed()).to.equal('redis-0');
  }).timeout(timeouts.fixtureMs);

  it('has a master again after all follow each other', async () => {
    const [a, b, c] = ['redis-0', 'redis-1', 'redis-2'].map((name) => tier.set.address(name));
    await tier.set.connect('redis-0').call('replicaof', String(b), 6379);
    await tier.set.connect('redis-1').call('replicaof', String(c), 6379);
    await tier.set.connect('redis-2').call('replicaof', String(a), 6379);
    await broken();
    await healed();
  }).timeout(timeouts.fixtureMs);

  it('is watched again after a Sentinel was told a wrong master', async () => {
    const sentinel = tier.set.connect('sentinel-1');
    await sentinel.call('sentinel', 'remove', masterName);
    await sentinel.call('sentinel', 'monitor', masterName, '127.0.0.99', 6379, 2);
    await broken();
    expect(await healed()).to.equal('redis-0');
  }).timeout(timeouts.fixtureMs);

  it('fails over even after all Sentinels forgot everything and the master died', async () => {
    for (const name of tier.set.sentinels) await tier.set.connect(name).call('sentinel', 'reset', masterName);
    await tier.set.kill('redis-0');
    await broken();
    await eventually(() => expect(tier.operator.last()?.verdict.master).to.be.oneOf(['redis-1', 'redis-2']), {
      withinMs: healedMs,
    });
    await tier.set.start('redis-0');
    await healed();
  }).timeout(timeouts.fixtureMs);

  it('comes back after all members restarted at once', async () => {
    await restart(tier.set.members);
    await broken();
    await healed(30_000);
  }).timeout(timeouts.fixtureMs);

  it('comes back after members and Sentinels restarted at once', async () => {
    await restart([...tier.set.members, ...tier.set.sentinels]);
    await broken();
    await healed(30_000);
  }).timeout(timeouts.fixtureMs);

  it('elects the newest of two when the third stays away, and refuses with only one', async () => {
    // GIVEN redis-2 has a change that redis-1 lacks, and everything stops
    await Promise.all(tier.set.members.map((name) => tier.set.kill(name)));
    await tier.set.start('redis-1');
    // THEN one data set is not enough, however long it waits
    await broken();
    await eventually(() => expect(tier.operator.last()?.verdict.message).to.contain('1 of 3 data sets'), {
      withinMs: timeouts.soonMs,
    });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    expect(tier.operator.last()?.verdict).to.include({ master: undefined });
    // AND two are
    await tier.set.start('redis-2');
    await eventually(() => expect(tier.operator.last()?.verdict.master).to.be.oneOf(['redis-1', 'redis-2']), {
      withinMs: timeouts.localServerReadyMs,
    });
    const elected = tier.operator.last()?.verdict.master ?? '';
    expect(await tier.set.connect(elected).get('kept')).to.equal('yes');
  }).timeout(timeouts.fixtureMs * 2);

  it('does not elect a member that never had the data', async () => {
    await tier.set.stop('redis-2');
    await tier.set.wipe('redis-2');
    await tier.operator.pause();
    await tier.set.kill('redis-0');
    await tier.set.start('redis-2');
    tier.operator.resume();
    await eventually(() => expect(tier.operator.last()?.verdict.master).to.equal('redis-1'), {
      withinMs: timeouts.localServerReadyMs,
    });
    await tier.set.start('redis-0');
    expect(await healed(30_000)).to.equal('redis-1');
  }).timeout(timeouts.fixtureMs * 2);
});
