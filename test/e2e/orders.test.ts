// An order that was confirmed through the load balancer is on all three members of the database.
import { expect } from 'chai';
import { randomUUID } from 'node:crypto';
import { members } from '../../k8s/lib/names.ts';
import { queryMember } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { kubectl } from '../support/kubectl.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import { untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

describe('an order', function () {
  this.timeout(timeouts.e2eTestMs);

  before(() => untilReady('pg', 3));

  it('placed through the load balancer is in the primary and on both replicas', async () => {
    const client = shopClient();
    const { sku } = await anyVariant(client);
    await client.add(sku);
    const { status, body } = await client.order();
    expect(status).to.equal(201);
    for (const pod of members('pg')) {
      await eventually(
        async () => {
          const found = await queryMember(pod, `SELECT count(*) FROM purchase WHERE id::text = '${body.id}'`);
          expect(found, pod).to.equal('1');
        },
        { withinMs: timeouts.soonMs },
      );
    }
  });

  it('is one order, however often its key is repeated', async () => {
    const client = shopClient();
    const { sku, priceCents } = await anyVariant(client);
    await client.add(sku);
    const key = randomUUID();
    const { totalCents } = (await client.cart()).body;
    expect(totalCents).to.equal(priceCents);
    const first = await client.order({ key, expectedTotalCents: totalCents });
    const again = await client.order({ key, expectedTotalCents: totalCents });
    expect([first.status, again.status]).to.deep.equal([201, 200]);
    expect(again.body.id).to.equal(first.body.id);
  });

  it('goes to exactly one primary, which says that a standby has acknowledged it', async () => {
    const roles = await Promise.all(
      members('pg').map((pod) => queryMember(pod, 'SELECT pg_is_in_recovery()')),
    );
    expect(roles.filter((inRecovery) => inRecovery === 'f')).to.have.length(1);
    const primary = members('pg')[roles.indexOf('f')]!;
    expect(await queryMember(primary, 'SHOW synchronous_standby_names')).to.match(/ANY 1/);
    const states = await queryMember(primary, `SELECT string_agg(sync_state, ',') FROM pg_stat_replication`);
    expect(states).to.equal('quorum,quorum');
    const named = await kubectl(['get', 'pgset', 'pg', '-o', 'jsonpath={.status.primary}']);
    expect(named, 'the primary in the custom resource').to.equal(primary);
  });
});
