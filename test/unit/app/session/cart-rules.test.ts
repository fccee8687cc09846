// The laws of a cart where its rules are TypeScript. test/integration/app/cart-laws.test.ts holds Redis to the same.
import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_LINES, MAX_QUANTITY } from '../../../../app/cart/cart.ts';
import type { CartChange, KeptCart } from '../../../../app/cart/cart.ts';
import { anyCartChange } from '../cart/arbitraries.ts';
import { applyChange, mergeCarts, NO_CART, withoutBought } from '../../../../app/cart/rules.ts';

const changes = fc.array(anyCartChange, { maxLength: 12 });

function cartOf(history: readonly CartChange[], times = 1): KeptCart {
  let cart = NO_CART;
  for (const [index, one] of history.entries()) {
    for (let time = 0; time < times; time += 1) {
      cart = applyChange(cart, one, `operation-${index}`, 'id').cart;
    }
  }
  return cart;
}

const quantities = (cart: KeptCart) => cart.lines.map((line) => [line.sku, line.quantity] as const);

describe('rules of a cart', () => {
  it('apply each operation once, however often it is repeated', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 1, max: 3 }), (history, times) => {
        expect(cartOf(history, times)).to.deep.equal(cartOf(history));
        expect(cartOf(history, times).version).to.equal(history.length);
      }),
    );
  });

  it('keep every quantity between one and the most of a line, in the order of the SKU', () => {
    fc.assert(
      fc.property(changes, (history) => {
        const cart = cartOf(history);
        for (const line of cart.lines) expect(line.quantity).to.be.within(1, MAX_QUANTITY);
        expect(quantities(cart)).to.deep.equal([...quantities(cart)].sort());
      }),
    );
  });

  it('add up both carts at a merge, and merging a cart that is gone changes nothing', () => {
    fc.assert(
      fc.property(changes, changes, (asGuest, asUser) => {
        const [guest, user] = [cartOf(asGuest), cartOf(asUser)];
        const merged = mergeCarts(guest, user, 'new').cart;
        const expected = new Map(quantities(user));
        for (const [name, pieces] of quantities(guest)) {
          expected.set(name, Math.min(MAX_QUANTITY, (expected.get(name) ?? 0) + pieces));
        }
        expect(quantities(merged)).to.deep.equal([...expected].sort());
        expect(mergeCarts(NO_CART, merged, 'newer').cart).to.equal(merged);
      }),
    );
  });

  it('throw nothing away that two carts have together, but let nothing new into a cart that is full', () => {
    const cartWith = (from: number, count: number): KeptCart =>
      cartOf(
        Array.from({ length: count }, (_, index) => {
          return { verb: 'add', sku: `sku-${from + index}`, quantity: 2, priceCents: 1 };
        }),
      );
    const guest = cartWith(40, 20);
    expect(mergeCarts(guest, cartWith(0, MAX_LINES - 1), 'id').cart.lines).to.have.length(60);
    const full = mergeCarts(guest, cartWith(0, MAX_LINES), 'id').cart;
    expect(full.lines).to.have.length(MAX_LINES);
    expect(quantities(full).filter(([, quantity]) => quantity === 4)).to.have.length(10);
  });

  it('take out what was bought once, and leave what was added since', () => {
    const add = (pieces: number): CartChange => {
      return { verb: 'add', sku: 'tee-navy-m', quantity: pieces, priceCents: 1_000 };
    };
    const bought = applyChange(NO_CART, add(2), 'operation-a', 'first').cart;
    const more = applyChange(bought, add(3), 'operation-b', 'never').cart;
    const left = withoutBought(more, bought, 'second');
    expect(quantities(left)).to.deep.equal([['tee-navy-m', 3]]);
    expect(left.id).to.equal('second');
    expect(withoutBought(left, bought, 'third')).to.equal(left);
  });

  it('refuse a line too many, but not more of a line that is there', () => {
    const add = (name: string): CartChange => ({ verb: 'add', sku: name, quantity: 1, priceCents: 1 });
    const full = cartOf(Array.from({ length: MAX_LINES }, (_, index) => add(`sku-${index}`)));
    expect(applyChange(full, add('one-more'), 'operation-x', 'id')).to.deep.equal({
      outcome: 'full',
      cart: full,
    });
    expect(applyChange(full, add('sku-0'), 'operation-y', 'id').outcome).to.equal('changed');
  });
});
