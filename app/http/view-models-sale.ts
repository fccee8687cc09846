// Models of the pages on which something is bought: cart, checkout, orders.
import type { FormModel, Money } from './view-parts.ts';

export interface CartLineModel {
  readonly sku: string;
  readonly name: string;
  readonly href: string;
  readonly picture: string;
  readonly colour: string;
  readonly size: string;
  readonly quantity: number;
  readonly maxQuantity: number;
  readonly price: Money;
  readonly total: Money;
  /** "The price went up from … to …", "Only 2 left": '' when there is nothing to note. */
  readonly note: string;
}

/**
 * Each line has two forms: POST /cart/lines/<sku> with `quantity` and hidden `operationId` (sets the quantity),
 * and POST /cart/lines/<sku>/remove with hidden `operationId`.
 */
export interface CartModel {
  readonly lines: readonly CartLineModel[];
  readonly subtotal: Money;
  readonly count: number;
  readonly operationId: string;
  readonly checkoutHref: string;
  /** False when the cart cannot be bought as it is (something sold out). */
  readonly canCheckout: boolean;
}

export type CheckoutField =
  | 'email'
  | 'name'
  | 'street'
  | 'postcode'
  | 'city'
  | 'country'
  | 'shipping'
  | 'cardNumber'
  | 'cardExpiry'
  | 'cardCode';

/**
 * POST /checkout with every CheckoutField plus hidden `idempotencyKey`, `expectedTotalCents` and `shownShipping`.
 * Test cards: 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0000 0000 0119 times out,
 * 4000 0000 0000 0259 answers late; any expiry in the future and any three digits.
 */
export interface CheckoutModel {
  readonly form: FormModel<CheckoutField>;
  readonly idempotencyKey: string;
  /** For how long nobody else can buy these pieces. */
  readonly heldMinutes: number;
  /** With delivery: what the button says. */
  readonly expectedTotalCents: number;
  /** The delivery in that total. When another one is chosen, enhance.js brings both up to date, or the form comes back. */
  readonly shownShipping: string;
  readonly lines: readonly CartLineModel[];
  readonly countries: readonly { code: string; text: string; selected: boolean }[];
  readonly shippingOptions: readonly {
    value: string;
    text: string;
    detail: string;
    price: Money;
    /** Of the order with this delivery. */
    total: Money;
    checked: boolean;
  }[];
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly total: Money;
  readonly testCards: readonly { number: string; text: string }[];
  /** Addresses from the address book; choosing one is a link (`?address=<id>`). */
  readonly addresses: readonly { text: string; href: string; current: boolean }[];
}

export interface OrderLineModel {
  readonly sku: string;
  readonly name: string;
  readonly href: string;
  readonly picture: string;
  readonly colour: string;
  readonly size: string;
  readonly quantity: number;
  readonly price: Money;
  readonly total: Money;
}

/** Pages `order` and `order-confirmation`. Cancelling is POST <cancelAction> without fields. */
export interface OrderModel {
  readonly id: string;
  /** The number shown to people, e.g. "MC-100042". */
  readonly number: string;
  readonly placedAt: string;
  /** ISO 8601, for <time datetime>. */
  readonly placedAtIso: string;
  readonly status: string;
  readonly statusKind: 'good' | 'waiting' | 'bad';
  readonly email: string;
  readonly address: readonly string[];
  readonly shippingText: string;
  readonly paymentText: string;
  readonly lines: readonly OrderLineModel[];
  readonly subtotal: Money;
  readonly shipping: Money;
  readonly total: Money;
  readonly cancelAction: string | null;
}

export interface OrdersModel {
  readonly orders: readonly {
    number: string;
    href: string;
    placedAt: string;
    placedAtIso: string;
    status: string;
    statusKind: OrderModel['statusKind'];
    count: number;
    total: Money;
  }[];
  readonly previousHref: string | null;
  readonly nextHref: string | null;
}
