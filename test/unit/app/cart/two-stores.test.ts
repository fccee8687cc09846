// A guest's cart in one store and the account's in the other, while a rolling change between them goes on: together they
// are what they would be in one store.
import { expect } from 'chai';
import { MAX_LINES } from '../../../../app/cart/cart.ts';
import type { CartChange, CartRequest, CartStore } from '../../../../app/cart/cart.ts';
import { createMemoryCarts } from '../../../../app/cart/memory-store.ts';
import { twoCartStores } from '../../../../app/cart/two-stores.ts';
import { deadlineIn } from '../../../../app/platform/deadline.ts';

const request: CartRequest = { deadline: deadlineIn(60_000) };

async function fill(store: CartStore, holder: string, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 1) {
    const sku = `tee-${100 + index}`;
    const add: CartChange = { verb: 'add', sku, quantity: 2, priceCents: 1_000 };
    const { outcome } = await store.change(holder, add, `operation-${holder}-${sku}`, request);
    expect(outcome).to.equal('changed');
  }
}

describe('two cart stores as one', () => {
  let old: CartStore;
  let next: CartStore;
  let carts: CartStore;
  beforeEach(() => {
    [old, next] = [createMemoryCarts(), createMemoryCarts()];
    carts = twoCartStores(next, old);
  });

  const quantities = async (holder: string): Promise<number[]> =>
    (await carts.read(holder, request)).lines.map(({ quantity }) => quantity);

  for (const guestFirst of [true, false]) {
    it(`throw nothing away that two carts have together, the guest’s in the ${guestFirst ? 'preferred' : 'other'} one`, async () => {
      await fill(guestFirst ? next : old, 'g-1', 20, 30);
      await fill(guestFirst ? old : next, 'u-1', 0, 30);
      await fill(guestFirst ? old : next, 'u-1', 50, 10);
      await carts.merge('g-1', 'u-1', request);
      const merged = await quantities('u-1');
      expect(merged).to.have.length(60);
      expect(merged.filter((quantity) => quantity === 4)).to.have.length(10);
      expect(await quantities('g-1')).to.deep.equal([]);
    });
  }

  it('merge the rest when they stopped in between, also into a cart that is full by then', async () => {
    await fill(old, 'g-1', 0, 30);
    await fill(next, 'u-1', 30, 30);
    let changesLeft = 50;
    const dying: CartStore = {
      ...next,
      change: (...change) => {
        changesLeft -= 1;
        return changesLeft > 25 ? next.change(...change) : Promise.reject(new Error('the pod died'));
      },
    };
    const merging = twoCartStores(dying, old).merge('g-1', 'u-1', request);
    expect(await merging.catch((error: unknown) => String(error))).to.include('the pod died');
    expect((await quantities('u-1')).length).to.be.greaterThan(MAX_LINES);
    await carts.merge('g-1', 'u-1', request);
    expect(await quantities('u-1')).to.deep.equal(Array.from({ length: 60 }, () => 2));
  });

  it('do not let a cart grow without end', async () => {
    for (const guest of ['g-1', 'g-2', 'g-3']) await fill(old, guest, Number(guest.at(-1)) * 100, MAX_LINES);
    await fill(next, 'u-1', 0, 10);
    for (const guest of ['g-1', 'g-2', 'g-3']) await carts.merge(guest, 'u-1', request);
    expect(await quantities('u-1')).to.have.length(2 * MAX_LINES);
    expect((await carts.merge('g-3', 'u-1', request)).outcome).to.equal('repeated');
  });
});
