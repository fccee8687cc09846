// The list of one's devices, as Redis keeps it: since when each is logged in, and none that is no more.
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import type { z } from 'zod';
import * as answers from '../../../app/openapi/answers.ts';
import { newEmail } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const password = 'a long enough password';

type Listed = z.infer<typeof answers.sessions>['items'];

describe('the list of sessions', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let master: Redis;
  before(async () => {
    shop = await startShop();
    master = shop.redis.connect('redis-0', 'app');
  });
  after(() => shop.close());

  async function registered(): Promise<{ client: ShopClient; email: string; list: string }> {
    const client = shop.client();
    const email = newEmail();
    const { body } = await client.register({ name: 'Ada Quill', email, password });
    return { client, email, list: `usess:${answers.account.parse(body).id}` };
  }

  async function listed(client: ShopClient): Promise<Listed> {
    const { body } = await client.request('GET', '/api/v1/account/sessions');
    return answers.sessions.parse(body).items;
  }

  it('says since when a device is logged in, and not when it last did something', async () => {
    const startMs = Date.now();
    const { client, email, list } = await registered();
    const [first] = await listed(client);
    expect(Date.parse(first?.startedAt ?? '')).to.be.within(startMs, Date.now());
    // WHEN the session is written again
    const form = { name: 'Grace', email };
    expect((await client.request('PUT', '/api/v1/account', form)).status).to.equal(200);
    expect(await listed(client)).to.deep.equal([first]);
    const score = await master.zscore(list, first?.key ?? '');
    expect(Number(score)).to.equal(Date.parse(first?.startedAt ?? ''));
  });

  it('says the same where a pod of the version before has noted its last write', async () => {
    const { client, list } = await registered();
    const before = await listed(client);
    await master.zadd(list, String(Date.now() + 60_000), before[0]?.key ?? '');
    expect(await listed(client)).to.deep.equal(before);
  });

  it('has a session that does not say itself when it began', async () => {
    const { client, list } = await registered();
    const [session] = await listed(client);
    await master.hdel(`sess:${session?.key}`, 's');
    await master.zadd(list, '1700000000000', session?.key ?? '');
    const startedAt = new Date(1_700_000_000_000).toISOString();
    expect(await listed(client)).to.deep.equal([{ ...session, startedAt }]);
  });

  it('leaves out a session that ran out, and forgets it', async () => {
    const { client, email, list } = await registered();
    const other = shop.client();
    await other.request('POST', '/api/v1/session', { email, password });
    const [over, own] = await listed(client);
    await master.del(`sess:${over?.key}`);
    expect(await listed(client)).to.deep.equal([own]);
    expect(await master.zrange(list, '0', '-1')).to.deep.equal([own?.key]);
  });
});
