// The staff pages' models.
import { colourOf, sizeText } from '../catalog/present.ts';
import type { Viewer } from '../catalog/present.ts';
import { amount, dateTime } from '../http/format.ts';
import { say } from '../http/messages.ts';
import type { MessageKey } from '../http/messages.ts';
import type { StaffOrdersModel, StaffProductsModel } from '../http/view-models-staff.ts';
import { NEXT, STATUSES } from '../orders/order.ts';
import type { Status } from '../orders/order.ts';
import { statusText } from '../orders/present.ts';
import type { OrderSummary } from '../orders/repository.ts';
import type { StaffVariant } from './repository.ts';
import type { PageOf } from './service.ts';

/** Where on the list we are; kept in every link and form, to come back to. */
export interface Place {
  readonly query: string;
  readonly page: number;
}

export interface Refused {
  readonly sku: string;
  readonly stock: string;
  readonly price: string;
  readonly problems: Readonly<Record<'stock' | 'price', readonly MessageKey[]>>;
}

export function hrefOf(path: string, params: Readonly<Record<string, string>>, page: number): string {
  const query = new URLSearchParams(Object.entries(params).filter(([, value]) => value !== ''));
  if (page > 1) query.set('page', String(page));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function pager(path: string, params: Readonly<Record<string, string>>, page: number, hasNext: boolean) {
  return {
    previousHref: page > 1 ? hrefOf(path, params, page - 1) : null,
    nextHref: hasNext ? hrefOf(path, params, page + 1) : null,
  };
}

export function priceText(cents: number): string {
  return (cents / 100).toFixed(2);
}

function rowModel(variant: StaffVariant, place: Place, viewer: Viewer, refused: Refused | undefined) {
  const said = (field: 'stock' | 'price'): string[] =>
    (refused?.problems[field] ?? []).map((key) => say(viewer.language, key, { count: variant.stock }));
  const [seenStock, seenPrice] = [String(variant.stock), priceText(variant.priceCents)];
  return {
    sku: variant.sku,
    name: variant.name[viewer.language],
    colour: colourOf(variant.colour).name[viewer.language],
    size: sizeText(variant.size, viewer.language),
    stock: refused?.stock ?? seenStock,
    price: refused?.price ?? seenPrice,
    seenStock,
    seenPrice,
    held: variant.held,
    action: hrefOf(`/staff/products/${variant.sku}`, { q: place.query }, place.page),
    problems: { stock: said('stock'), price: said('price') },
  };
}

export function productsModel(
  { rows, hasNext }: PageOf<StaffVariant>,
  place: Place,
  viewer: Viewer,
  refused?: Refused,
): StaffProductsModel {
  return {
    query: place.query,
    rows: rows.map((variant) =>
      rowModel(variant, place, viewer, refused?.sku === variant.sku ? refused : undefined),
    ),
    ...pager('/staff/products', { q: place.query }, place.page, hasNext),
  };
}

export function ordersModel(
  { rows, hasNext }: PageOf<OrderSummary>,
  status: Status | null,
  page: number,
  viewer: Viewer,
): StaffOrdersModel {
  const { language } = viewer;
  const filter = (value: Status | '', text: string) => {
    return { text, href: hrefOf('/staff/orders', { status: value }, 1), current: value === (status ?? '') };
  };
  return {
    filters: [
      filter('', say(language, 'staff.allOrders')),
      ...STATUSES.map((value) => filter(value, statusText(value, viewer))),
    ],
    orders: rows.map((order) => ({
      number: order.number,
      href: `/orders/${order.id}`,
      placedAt: dateTime(order.placedAt, language),
      email: order.email,
      status: statusText(order.status, viewer),
      total: amount(order.totalCents, order.currency, language),
      action: hrefOf(`/staff/orders/${order.id}`, { status: status ?? '' }, page),
      nextStatuses: NEXT[order.status].map((value) => ({ value, text: statusText(value, viewer) })),
    })),
    ...pager('/staff/orders', { status: status ?? '' }, page, hasNext),
  };
}
