// A look at a cart while Redis is away, as the second copy of it comes in late: nothing that was acknowledged may be
// missing from what is shown. How late is decided here, so both stores are played.
import { expect } from 'chai';
import type { CartRequest } from '../../../../app/cart/cart.ts';
import { createKeptCarts } from '../../../../app/cart/kept-store.ts';
import { changeRecord } from '../../../../app/cart/record-change.ts';
import { EMPTY_RECORD } from '../../../../app/cart/record.ts';
import type { CartRecord } from '../../../../app/cart/record.ts';
import type { RedisCarts } from '../../../../app/cart/redis-store.ts';
import { NO_SECOND_COPY } from '../../../../app/cart/second-copy.ts';
import { deadlineIn } from '../../../../app/platform/deadline.ts';
import { StoreUnavailable } from '../../../../app/platform/store-unavailable.ts';

const holder = 'g-somebody';
const add = { verb: 'add', sku: 'tee-navy-m', quantity: 1, priceCents: 1_000 } as const;
const changed = (record: CartRecord, at: number): CartRecord =>
  changeRecord(record, add, { at, op: `operation-${at}` }, 'a-cart').record;
const once = changed(EMPTY_RECORD, 1);
const twice = changed(once, 2);

/** Resolves with the pieces that are shown; the copy answers with `found`, one after the other, the last one for ever. */
async function shown(found: readonly (CartRecord | undefined)[], seen: number): Promise<number> {
  const away = { read: () => Promise.reject(new StoreUnavailable('away')) };
  let looks = 0;
  const carts = createKeptCarts({
    redis: away as unknown as RedisCarts,
    copy: { ...NO_SECOND_COPY, find: () => Promise.resolve(found[Math.min(looks++, found.length - 1)]) },
    event: () => undefined,
  });
  const request: CartRequest = {
    deadline: deadlineIn(3_000),
    cartTicket: { holder, clock: seen, madeAt: 0 },
  };
  const cart = await carts.read(holder, request);
  return cart.lines.reduce((sum, { quantity }) => sum + quantity, 0);
}

describe('a look at the copy of a cart', () => {
  it('waits for what this browser was acknowledged and the copy has not yet', async () => {
    expect(await shown([undefined, once, twice], 2)).to.equal(2);
  });

  it('does not wait where the copy is as new, or newer', async () => {
    expect(await shown([once, twice], 1)).to.equal(1);
  });

  it('shows what there is when the rest does not come', async () => {
    expect(await shown([once], 2)).to.equal(1);
  });
});
