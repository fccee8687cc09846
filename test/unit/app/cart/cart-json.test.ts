// A cart as programs see it: what changed since it was filled, and what an order of it costs with each delivery.
import { expect } from 'chai';
import { cartJson } from '../../../../app/cart/present.ts';
import type { PricedCart } from '../../../../app/cart/service.ts';
import { cart as documented } from '../../../../app/openapi/answers.ts';

function jsonOf(
  line: { quantity?: number; seenPriceCents?: number },
  now: { priceCents: number; stock: number },
) {
  const { quantity = 1, seenPriceCents = 4_990 } = line;
  const lines = [{ sku: 'tee-navy-m', quantity, seenPriceCents, variant: now }];
  const subtotalCents = quantity * now.priceCents;
  return cartJson({ cart: { version: 3 }, lines, subtotalCents } as unknown as PricedCart);
}

describe('cart in the JSON API', () => {
  const cases = [
    [null, {}, { priceCents: 4_990, stock: 3 }],
    ['soldOut', {}, { priceCents: 4_990, stock: 0 }],
    ['onlyLeft', { quantity: 4 }, { priceCents: 4_990, stock: 3 }],
    ['priceUp', {}, { priceCents: 5_000, stock: 3 }],
    ['priceDown', {}, { priceCents: 4_980, stock: 3 }],
    [null, { seenPriceCents: 0 }, { priceCents: 4_980, stock: 3 }],
  ] as const;
  for (const [note, line, now] of cases) {
    it(`notes ${note ?? 'nothing'} of ${JSON.stringify(line)} at ${JSON.stringify(now)}`, () => {
      const json = jsonOf(line, now);
      expect(json.lines.map((one) => one.note)).to.deep.equal([note]);
      expect(documented.strict().parse(json)).to.deep.equal(json);
    });
  }

  it('tells every delivery with its price and the total of an order with it', () => {
    expect(jsonOf({ quantity: 2 }, { priceCents: 5_000, stock: 3 }).shipping).to.deep.equal([
      { method: 'standard', priceCents: 0, totalCents: 10_000 },
      { method: 'express', priceCents: 1_290, totalCents: 11_290 },
      { method: 'pickup', priceCents: 0, totalCents: 10_000 },
    ]);
  });
});
