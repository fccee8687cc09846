// What a restarted member does before anybody follows it: it keeps its data, and never makes itself master.
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { blessFirstMaster, startRedisSet } from '../../support/redis-set.ts';
import type { RedisSet } from '../../support/redis-set.ts';
import { timeouts } from '../../support/timeouts.ts';

const info = (set: RedisSet, name: string): Promise<string> => set.connect(name).info('replication');

describe('the start gate', () => {
  let set: RedisSet;

  beforeEach(async function () {
    this.timeout(timeouts.fixtureMs);
    set = await startRedisSet();
  });

  afterEach(() => set.close());

  it('keeps a new member closed to app, replicas and Sentinels until it is told', async () => {
    expect(await info(set, 'redis-0')).to.contain('role:slave');
    for (const role of ['app', 'replication', 'sentinel'] as const) {
      const client = set.connect('redis-0', role);
      const refusal = await client.ping().catch((error: unknown) => String(error));
      expect(refusal, role).to.match(/WRONGPASS|NOAUTH|Connection is closed/);
      client.disconnect();
    }
    expect(await set.connect('redis-0', 'metrics').ping()).to.equal('PONG');
  });

  it('keeps every write of a script over a restart', async () => {
    await blessFirstMaster(set);
    const script = `redis.call('SET', KEYS[1], '1') redis.call('SET', KEYS[2], '2') return 1`;
    await set.connect('redis-0').eval(script, 2, 'first', 'second');
    await set.connect('redis-0').call('wait', 2, 1_000);
    for (const name of set.members) {
      await set.kill(name);
      await set.start(name);
    }
    for (const name of set.members) {
      expect(await set.connect(name).mget('first', 'second'), name).to.deep.equal(['1', '2']);
    }
  }).timeout(timeouts.fixtureMs);

  it('does not let the only master come back as master: the Sentinels choose another, and it joins that one', async () => {
    await blessFirstMaster(set);
    await set.kill('redis-0');
    await set.start('redis-0');
    expect(await info(set, 'redis-0')).to.contain('role:slave');
    await eventually(
      async () => {
        const master = await set.masterAddress();
        expect(set.nameOf(master ?? '')).to.be.oneOf(['redis-1', 'redis-2']);
        expect(await info(set, 'redis-0'))
          .to.contain(`master_host:${master}`)
          .and.contain('link_status:up');
      },
      { withinMs: timeouts.steadyStateMs },
    );
  }).timeout(timeouts.fixtureMs);

  it('makes a member electable only after it has been synced', async () => {
    await blessFirstMaster(set);
    await set.stop('redis-2');
    await set.wipe('redis-2');
    set.freeze('redis-0');
    const start = set.start('redis-2');
    await start;
    expect(await set.connect('redis-2').config('GET', 'replica-priority')).to.deep.equal([
      'replica-priority',
      '0',
    ]);
    set.thaw('redis-0');
    await eventually(
      async () => {
        const priority = await set.connect('redis-2').config('GET', 'replica-priority');
        expect(priority).to.deep.equal(['replica-priority', '100']);
      },
      { withinMs: timeouts.steadyStateMs },
    );
  }).timeout(timeouts.fixtureMs);

  it('lets a Sentinel remember its master, its votes and its identity over a restart', async () => {
    await blessFirstMaster(set);
    const before = await set.connect('sentinel-1').call('sentinel', 'myid');
    await set.kill('sentinel-1');
    await set.start('sentinel-1');
    expect(await set.connect('sentinel-1').call('sentinel', 'myid')).to.equal(before);
    const address = await set.connect('sentinel-1').call('sentinel', 'get-master-addr-by-name', 'main');
    expect(address).to.deep.equal([set.address('redis-0'), '6379']);
  }).timeout(timeouts.fixtureMs);
});
