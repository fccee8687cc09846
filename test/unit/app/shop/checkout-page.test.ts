// The checkout page's model: every total on it is the one that its form sends, and that the order is placed for.
import { expect } from 'chai';
import type { PricedCart } from '../../../../app/cart/service.ts';
import { checkoutModel } from '../../../../app/checkout/present.ts';
import { SHIPPING } from '../../../../app/checkout/shipping.ts';
import { totalsOf } from '../../../../app/checkout/totals.ts';
import type { AppContext } from '../../../../app/http/context.ts';
import { CURRENCIES } from '../../../../app/http/view-parts.ts';
import type { Currency } from '../../../../app/http/view-parts.ts';

const sku = 'tee-navy-m';
const variant = {
  sku,
  slug: 'tee',
  name: { en: 'Tee', de: 'Shirt' },
  colour: 'navy',
  size: 'm',
  priceCents: 2_495,
  stock: 5,
};
const line = { sku, quantity: 2, seenPriceCents: 2_495, variant } as const;
const priced = {
  cart: { id: 'cart-1', version: 1, lines: [line] },
  lines: [line],
  subtotalCents: 4_990,
} as unknown as PricedCart;
const nothing = { email: '', name: '', street: '', postcode: '', city: '', country: 'DE' };
const noCard = { cardNumber: '', cardExpiry: '', cardCode: '' };

function modelWith(shipping: string, currency: Currency = 'EUR') {
  return checkoutModel({
    ctx: { state: { language: 'en' } } as AppContext,
    priced,
    heldUntil: new Date(Date.now() + 600_000),
    values: { ...nothing, ...noCard, shipping },
    problems: {},
    idempotencyKey: 'key-12345',
    addresses: [],
    viewer: { language: 'en', currency, pictureUrl: (name) => name },
  });
}

describe('checkout page’s model', () => {
  for (const currency of CURRENCIES) {
    it(`has its form send the whole total that is shown, and the delivery in it, in ${currency}`, () => {
      for (const shipping of SHIPPING) {
        const { totalCents } = totalsOf([{ sku, quantity: 2, euroCents: 2_495 }], shipping, currency);
        const model = modelWith(shipping, currency);
        expect(model.expectedTotalCents).to.equal(totalCents).and.to.equal(model.total.cents);
        expect(model.shownShipping).to.equal(shipping);
      }
    });

    it(`tells the total of every delivery as the form would be shown with it, in ${currency}`, () => {
      for (const option of modelWith('standard', currency).shippingOptions) {
        const chosen = modelWith(option.value, currency);
        expect([option.price, option.total]).to.deep.equal([chosen.shipping, chosen.total]);
      }
    });
  }

  it('is shown with the standard delivery when nothing usable was chosen', () => {
    const model = modelWith('by pigeon');
    expect(model.shownShipping).to.equal('standard');
    expect(model.shippingOptions.map(({ checked }) => checked)).to.deep.equal([true, false, false]);
    expect(model.total.text).to.equal('€54.80');
  });
});
