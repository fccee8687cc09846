// The checkout page's model.
import type { SavedAddress } from '../account/account.ts';
import { COUNTRIES } from '../account/account.ts';
import { lineModel } from '../cart/present.ts';
import type { PricedCart } from '../cart/service.ts';
import type { Viewer } from '../catalog/present.ts';
import type { AppContext } from '../http/context.ts';
import type { Problems } from '../http/errors.ts';
import { amount } from '../http/format.ts';
import { formModel } from '../http/forms.ts';
import { say } from '../http/messages.ts';
import type { CheckoutField, CheckoutModel } from '../http/view-models-sale.ts';
import type { Language } from '../http/view-parts.ts';
import { TEST_CARDS } from './payment.ts';
import { SHIPPING } from './shipping.ts';
import { totalsOf } from './totals.ts';

export interface CheckoutScene {
  readonly ctx: AppContext;
  readonly priced: PricedCart;
  readonly heldUntil: Date;
  readonly values: Readonly<Record<CheckoutField, string>>;
  readonly problems: Problems;
  readonly idempotencyKey: string;
  readonly addresses: readonly (SavedAddress & { current: boolean })[];
  readonly viewer: Viewer;
}

export function countryChoices(language: Language, selected: string) {
  return COUNTRIES.map((code) => {
    return { code, text: say(language, `country.${code}`), selected: code === selected };
  });
}

function testCards(language: Language): CheckoutModel['testCards'] {
  return Object.entries(TEST_CARDS).map(([kind, number]) => ({
    number: number.replace(/(\d{4})(?=\d)/g, '$1 '),
    text: say(language, `card.${kind as keyof typeof TEST_CARDS}`),
  }));
}

/** Whole minutes that are certain: never more than there are. */
function minutesUntil(moment: Date): number {
  return Math.max(0, Math.floor((moment.getTime() - Date.now()) / 60_000));
}

export function checkoutModel(scene: CheckoutScene): CheckoutModel {
  const { ctx, priced, values, viewer } = scene;
  const { language, currency } = viewer;
  const pieces = priced.lines.map(({ sku, quantity, variant }) => {
    return { sku, quantity, euroCents: variant.priceCents };
  });
  const chosen = SHIPPING.find((shipping) => shipping === values.shipping) ?? 'standard';
  const money = (cents: number) => amount(cents, currency, language);
  const totals = totalsOf(pieces, chosen, currency);
  return {
    form: formModel(ctx, '/checkout', values, scene.problems),
    idempotencyKey: scene.idempotencyKey,
    heldMinutes: minutesUntil(scene.heldUntil),
    expectedTotalCents: totals.totalCents,
    shownShipping: chosen,
    lines: priced.lines.map((line) => lineModel(line, viewer)),
    countries: countryChoices(language, values.country),
    shippingOptions: SHIPPING.map((shipping) => {
      const { shippingCents, totalCents } = totalsOf(pieces, shipping, currency);
      return {
        value: shipping,
        text: say(language, `shipping.${shipping}`),
        detail: say(language, `shipping.${shipping}.detail`),
        price: money(shippingCents),
        total: money(totalCents),
        checked: shipping === chosen,
      };
    }),
    subtotal: money(totals.subtotalCents),
    shipping: money(totals.shippingCents),
    total: money(totals.totalCents),
    testCards: testCards(language),
    addresses: scene.addresses.map((address) => ({
      text: `${address.name}, ${address.street}, ${address.postcode} ${address.city}`,
      href: `/checkout?address=${address.id}`,
      current: address.current,
    })),
  };
}
