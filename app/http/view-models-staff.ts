// Models of the pages behind the staff role, and of the lab page that shows how this pod keeps sessions.
import type { Money } from './view-parts.ts';

/**
 * /staff/products?q=…&page=…: one row per variant. POST <action> with `stock` (0–9999), `price` (text, euros,
 * "49.90" or "49,90") and hidden `seenStock`, `seenPrice`.
 */
export interface StaffProductsModel {
  readonly query: string;
  readonly rows: readonly {
    sku: string;
    name: string;
    colour: string;
    size: string;
    stock: string;
    price: string;
    /** What the row was shown with, sent back hidden: a change is based on it. */
    seenStock: string;
    seenPrice: string;
    held: number;
    action: string;
    problems: Readonly<Record<'stock' | 'price', readonly string[]>>;
  }[];
  readonly previousHref: string | null;
  readonly nextHref: string | null;
}

/** /staff/orders?status=…&page=…: POST <action> with `status` (one of `nextStatuses`). */
export interface StaffOrdersModel {
  readonly filters: readonly { text: string; href: string; current: boolean }[];
  readonly orders: readonly {
    number: string;
    href: string;
    placedAt: string;
    email: string;
    status: string;
    total: Money;
    action: string;
    nextStatuses: readonly { value: string; text: string }[];
  }[];
  readonly previousHref: string | null;
  readonly nextHref: string | null;
}

/** /lab: what this answer cost and where it came from; a definition list of name and value. */
export interface LabModel {
  readonly facts: readonly { name: string; value: string }[];
  readonly strategies: readonly { name: string; current: boolean; keeps: string; loses: string }[];
}
