// Orders as pages and as JSON. Amounts are shown in the currency the order was placed in.
import { colourOf, productHref, sizeText } from '../catalog/present.ts';
import type { Viewer } from '../catalog/present.ts';
import { amount, dateTime } from '../http/format.ts';
import { say, sayIfKnown } from '../http/messages.ts';
import type { OrderLineModel, OrderModel, OrdersModel } from '../http/view-models-sale.ts';
import type { Order, OrderLine, Status } from './order.ts';
import type { OrderSummary } from './repository.ts';
import { isCancellable } from './service.ts';

const KINDS: Readonly<Record<Status, OrderModel['statusKind']>> = {
  pending: 'waiting',
  paid: 'good',
  shipped: 'good',
  delivered: 'good',
  declined: 'bad',
  expired: 'bad',
  cancelled: 'bad',
};

export function statusText(status: Status, viewer: Pick<Viewer, 'language'>): string {
  return say(viewer.language, `status.${status}`);
}

function lineModel(line: OrderLine, order: Order, viewer: Viewer): OrderLineModel {
  return {
    sku: line.sku,
    name: line.name[viewer.language],
    href: productHref(line.slug, line.colour),
    picture: viewer.pictureUrl(`${line.slug}-${line.colour}`),
    colour: colourOf(line.colour).name[viewer.language],
    size: sizeText(line.size, viewer.language),
    quantity: line.quantity,
    price: amount(line.priceCents, order.currency, viewer.language),
    total: amount(line.priceCents * line.quantity, order.currency, viewer.language),
  };
}

export function orderModel(order: Order, viewer: Viewer): OrderModel {
  const { address } = order;
  const { language } = viewer;
  const money = (cents: number) => amount(cents, order.currency, language);
  return {
    id: order.id,
    number: order.number,
    placedAt: dateTime(order.placedAt, language),
    placedAtIso: order.placedAt.toISOString(),
    status: statusText(order.status, viewer),
    statusKind: KINDS[order.status],
    email: order.email,
    address: [
      address.name,
      address.street,
      `${address.postcode} ${address.city}`,
      sayIfKnown(language, `country.${address.country}`) ?? address.country,
    ],
    shippingText: sayIfKnown(language, `shipping.${order.shipping}`) ?? order.shipping,
    paymentText: say(language, 'order.card', { digits: order.cardLastFour }),
    lines: order.lines.map((line) => lineModel(line, order, viewer)),
    subtotal: money(order.subtotalCents),
    shipping: money(order.shippingCents),
    total: money(order.totalCents),
    cancelAction: isCancellable(order) ? `/orders/${order.id}/cancel` : null,
  };
}

export function ordersModel(
  orders: readonly OrderSummary[],
  page: number,
  hasNext: boolean,
  viewer: Viewer,
): OrdersModel {
  const href = (to: number): string => (to === 1 ? '/orders' : `/orders?page=${to}`);
  return {
    orders: orders.map((order) => ({
      number: order.number,
      href: `/orders/${order.id}`,
      placedAt: dateTime(order.placedAt, viewer.language),
      placedAtIso: order.placedAt.toISOString(),
      status: statusText(order.status, viewer),
      statusKind: KINDS[order.status],
      count: order.pieces,
      total: amount(order.totalCents, order.currency, viewer.language),
    })),
    previousHref: page > 1 ? href(page - 1) : null,
    nextHref: hasNext ? href(page + 1) : null,
  };
}

export function orderJson(order: Order) {
  const { id, number, status, email, address, shipping, currency, placedAt } = order;
  const { subtotalCents, shippingCents, totalCents } = order;
  return {
    id,
    number,
    status,
    placedAt: placedAt.toISOString(),
    email,
    address,
    shipping,
    currency,
    subtotalCents,
    shippingCents,
    totalCents,
    lines: order.lines.map(({ sku, quantity, priceCents }) => ({ sku, quantity, priceCents })),
  };
}

export function summaryJson(order: OrderSummary) {
  const { id, number, status, placedAt, currency, totalCents, pieces } = order;
  return { id, number, status, placedAt: placedAt.toISOString(), currency, totalCents, pieces };
}
