// A set with certificates: nobody speaks plainly, everybody is verified, and renewed files need no restart of Redis.
import { writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import { defineChange } from '../../../app/platform/redis-script.ts';
import { connectRedis } from '../../../app/platform/redis.ts';
import { retryWithin } from '../../../app/platform/retry.ts';
import { createAuthority } from '../../../operator/runtime/x509.ts';
import { eventually } from '../../support/eventually.ts';
import { redisPort, sentinelPort } from '../../support/redis-set.ts';
import type { RedisSet } from '../../support/redis-set.ts';
import { settingsFor, startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { validity } from '../../support/test-certificates.ts';
import { timeouts } from '../../support/timeouts.ts';

const put = defineChange('put', `return redis.call('SET', KEYS[1], ARGV[1])`);

describe('a Redis set with certificates', function () {
  this.timeout(timeouts.steadyStateMs);
  let tier: RedisTier;
  let set: RedisSet;

  before(async () => {
    tier = await startRedisTier({ tls: true });
    ({ set } = tier);
  });

  after(() => tier.close());

  it('takes changes from the app, who found the master through verified Sentinels, and copies them', async () => {
    const { replicas } = await tier.redis.durable.change(put, ['key'], ['value']);
    expect(replicas).to.be.at.least(1);
  });

  it('answers nobody who speaks plainly, on no port', async () => {
    for (const name of [...set.members, ...set.sentinels]) {
      expect(await plainAnswer(set, name), name).not.to.match(/PONG|NOAUTH|ERR/);
    }
  });

  it('is refused by clients who trust another authority, or who dialled another name', async () => {
    const stranger = (await createAuthority('stranger', validity())).cert;
    const ca = set.certificates?.ca ?? '';
    expect(await refusal(set, { ca: stranger, servername: 'redis' })).to.match(/certificate/);
    expect(await refusal(set, { ca, servername: 'elsewhere' })).to.match(/elsewhere/);
  });

  it('lets Sentinel fail over when the master is killed, and takes the old one back', async () => {
    const master = await tier.master();
    await set.kill(master);
    const written = await retryWithin(timeouts.outageMs, () =>
      tier.redis.durable.change(put, ['after'], ['failover']),
    );
    expect(written.replicas).to.be.at.least(1);
    await set.start(master);
    expect(await tier.master()).not.to.equal(master);
  });

  it('shows a renewed certificate to new connections and keeps those it has', async () => {
    const master = await tier.master();
    const old = set.connect(master);
    const id = await old.client('ID');
    const before = await serialShownBy(set, master);
    await set.certificates?.renew();
    await eventually(async () => expect(await serialShownBy(set, master)).not.to.equal(before), {
      withinMs: timeouts.soonMs,
    });
    expect(await old.client('ID')).to.equal(id);
    expect((await old.info('replication')).match(/state=online/g)).to.have.length(2);
    // A Sentinel ends to take it; in a cluster kubelet starts it again.
    for (const sentinel of set.sentinels) {
      await set.ended(sentinel);
      await set.start(sentinel);
    }
  });

  it('accepts a second password of a user as soon as it is in the Secret, and then only the new one', async () => {
    const master = await tier.master();
    const { app: former } = set.passwords;
    const file = join(set.credentials, 'app-password');
    await writeFile(file, `${former} the-next-password`);
    await eventually(() => logsIn(set, master, 'the-next-password'), { withinMs: timeouts.soonMs });
    await logsIn(set, master, former);
    const settings = settingsFor(set);
    const working = connectRedis(settings);
    await working.ready(timeouts.soonMs);
    await writeFile(file, 'the-next-password');
    await eventually(
      async () => {
        const error = await logsIn(set, master, former).catch((refused: unknown) => String(refused));
        expect(error).to.include('WRONGPASS');
      },
      { withinMs: timeouts.soonMs },
    );
    // Who logged in with the former password is not sent away.
    expect((await working.durable.change(put, ['key'], ['again'])).replicas).to.be.at.least(1);
    working.close();
    await writeFile(file, former);
    await eventually(() => logsIn(set, master, former), { withinMs: timeouts.soonMs });
  });
});

const portOf = (set: RedisSet, name: string): number =>
  set.members.includes(name) ? redisPort : sentinelPort;

function plainAnswer(set: RedisSet, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const at = { host: set.address(name), port: portOf(set, name) };
    const socket = connectPlain(at, () => socket.write('PING\r\n'));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.once('error', () => resolve(text));
    socket.once('close', () => resolve(text));
    socket.setTimeout(timeouts.soonMs, () => reject(new Error(`${name} neither answers nor closes`)));
  });
}

async function refusal(set: RedisSet, tls: { ca: string; servername: string }): Promise<string> {
  const client = new Redis({
    host: set.address('redis-0'),
    port: redisPort,
    tls,
    lazyConnect: true,
    retryStrategy: null,
  });
  const problem = new Promise<string>((resolve) => client.once('error', (error) => resolve(String(error))));
  await client.connect().catch(() => undefined);
  client.disconnect();
  return problem;
}

async function logsIn(set: RedisSet, name: string, password: string): Promise<void> {
  const client = new Redis({
    ...{ host: set.address(name), port: redisPort, username: 'app', password },
    ...{ lazyConnect: true, retryStrategy: () => null, ...(set.tls && { tls: set.tls }) },
  });
  let problem: Error | undefined;
  client.on('error', (error) => (problem ??= error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    throw problem ?? error;
  } finally {
    client.disconnect();
  }
}

function serialShownBy(set: RedisSet, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: set.address(name), port: portOf(set, name), ...set.tls }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
