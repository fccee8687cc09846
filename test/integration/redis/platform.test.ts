// The app's Redis edge against real servers: what it acknowledges, what it refuses, and how it comes back.
import { expect } from 'chai';
import { connectRedis } from '../../../app/platform/redis.ts';
import type { AppRedis } from '../../../app/platform/redis.ts';
import { openConnection } from '../../../app/platform/redis-connection.ts';
import { RedisUnavailable } from '../../../app/platform/redis-errors.ts';
import { retryWithin } from '../../../app/platform/retry.ts';
import { defineChange, defineScript } from '../../../app/platform/redis-script.ts';
import { eventually } from '../../support/eventually.ts';
import { settingsFor } from '../../support/redis-shop.ts';
import { blessFirstMaster, startRedisSet } from '../../support/redis-set.ts';
import type { RedisSet } from '../../support/redis-set.ts';
import { timeouts } from '../../support/timeouts.ts';

const setOnce = defineChange(
  'set-once',
  `if redis.call('SETNX', KEYS[1], ARGV[1]) == 1 then return 'applied' end return 'repeated'`,
);

async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the app on a Redis set', () => {
  let set: RedisSet;
  let redis: AppRedis;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    set = await startRedisSet();
    await blessFirstMaster(set);
    redis = connectRedis(settingsFor(set));
    await redis.ready(timeouts.soonMs);
  });

  after(async () => {
    redis.close();
    await set.close();
  });

  it('acknowledges a change only when a replica has it', async () => {
    const { reply, replicas } = await redis.durable.change(setOnce, ['acknowledged'], ['1']);
    expect(reply).to.equal('applied');
    expect(replicas).to.be.at.least(1);
    const copies = await Promise.all(
      ['redis-1', 'redis-2'].map((name) => set.connect(name).get('acknowledged')),
    );
    expect(copies).to.include('1');
  });

  it('counts the sequence up also when a repeated operation writes nothing, so that WAIT waits for something', async () => {
    await redis.durable.change(setOnce, ['repeated'], ['1']);
    const before = Number(await set.connect('redis-0').get('ha:seq'));
    const { reply } = await redis.durable.change(setOnce, ['repeated'], ['1']);
    expect(reply).to.equal('repeated');
    expect(Number(await set.connect('redis-0').get('ha:seq'))).to.equal(before + 1);
  });

  it('runs a script that the server has forgotten', async () => {
    await set.connect('redis-0').script('FLUSH');
    const { reply } = await redis.durable.change(setOnce, ['forgotten'], ['1']);
    expect(reply).to.equal('applied');
  });

  it('passes a mistake in a script through as what it is', async () => {
    const broken = defineScript('broken', `return redis.call('LPUSH', KEYS[1], 'x')`);
    await redis.session.use('set', (client) => client.set('text', 'x'));
    const error = await failure(redis.session.run(broken, ['text'], []));
    expect(error).to.be.an('error').and.not.instanceOf(RedisUnavailable);
    expect(String(error)).to.contain('WRONGTYPE');
  });

  it('may not run administrative commands', async () => {
    for (const command of ['flushall', 'config get *', 'keys *', 'replicaof no one', 'acl list']) {
      const [name = '', ...args] = command.split(' ');
      const error = await failure(redis.session.use(name, (client) => client.call(name, ...args)));
      expect(String(error), command).to.contain('NOPERM');
    }
  });

  it('does not acknowledge while no replica can confirm, and does again when one can', async () => {
    set.freeze('redis-1');
    set.freeze('redis-2');
    try {
      const error = await failure(redis.durable.change(setOnce, ['unreplicated'], ['1']));
      expect(error).to.be.instanceOf(RedisUnavailable).with.property('reason', 'unreplicated');
    } finally {
      set.thaw('redis-1');
      set.thaw('redis-2');
    }
    const { replicas } = await retryWithin(timeouts.soonMs, () =>
      redis.durable.change(setOnce, ['unreplicated'], ['1']),
    );
    expect(replicas).to.be.at.least(1);
  });

  it('never takes the answer of another connection for a confirmation', async () => {
    // GIVEN a change whose script has run, but whose WAIT is still open because the replicas are frozen
    set.freeze('redis-1');
    set.freeze('redis-2');
    const change = failure(redis.durable.change(setOnce, ['resent'], ['1']));
    // WHEN the connection is cut and the client connects anew, where a WAIT would answer 2 at once
    await set.connect('redis-0').call('client', 'kill', 'user', 'app');
    const error = await change;
    set.thaw('redis-1');
    set.thaw('redis-2');
    // THEN the change is not acknowledged
    expect(error).to.be.instanceOf(RedisUnavailable);
    await redis.ready(timeouts.soonMs);
  });

  it('says within its timeout that Redis is away, and finds it again by itself', async () => {
    await Promise.all(set.sentinels.map((name) => set.stop(name)));
    await set.connect('redis-0').call('client', 'kill', 'user', 'app');
    const start = performance.now();
    const error = await failure(redis.session.use('get', (client) => client.get('acknowledged')));
    expect(error).to.be.instanceOf(RedisUnavailable);
    expect(performance.now() - start).to.be.below(timeouts.soonMs);
    expect(await redis.health()).to.have.property('ok', false);
    await Promise.all(set.sentinels.map((name) => set.start(name)));
    await eventually(async () => expect(await redis.health()).to.have.property('ok', true), {
      withinMs: timeouts.soonMs,
    });
  }).timeout(timeouts.fixtureMs);

  it('revives a client that has ended', async () => {
    const statuses: string[] = [];
    const settings = {
      ...settingsFor(set),
      onStatus: (_name: string, status: string) => statuses.push(status),
    };
    const connection = openConnection(settings, { name: 'mortal', commandTimeoutMs: 500 });
    try {
      await eventually(() => expect(connection.isReady()).to.equal(true), { withinMs: timeouts.soonMs });
      connection.client.disconnect();
      await eventually(() => expect(statuses).to.include('end'), { withinMs: timeouts.soonMs });
      await eventually(() => expect(connection.isReady()).to.equal(true), { withinMs: timeouts.soonMs });
    } finally {
      connection.close();
    }
  });

  it('leaves a frozen master as soon as there is another one', async () => {
    set.freeze('redis-0');
    const { reply } = await retryWithin(timeouts.localServerReadyMs, () =>
      redis.durable.change(setOnce, ['after-the-freeze'], ['1']),
    );
    expect(reply).to.be.oneOf(['applied', 'repeated']);
    const role = await retryWithin(timeouts.soonMs, () =>
      redis.session.use('role', (client) => client.info('replication')),
    );
    expect(role).to.contain('role:master');
    set.thaw('redis-0');
  }).timeout(timeouts.fixtureMs);
});
