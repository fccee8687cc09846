// What a cart is, and the rules that hold wherever it is kept. A cart belongs to a holder (a guest's session or an
// account) and has an id that changes when it has been bought, so that an order can be made of it only once.
import type { SellableVariant } from '../catalog/product.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { CartRecord } from './record.ts';
import type { CartTicket } from './ticket.ts';

export interface CartLine {
  readonly sku: string;
  readonly quantity: number;
  /** Euro cents when it was put in, to note a price that changed since. */
  readonly seenPriceCents: number;
}

export interface Cart {
  /** '' for a cart that was never written. */
  readonly id: string;
  /** Rises by one with every change. */
  readonly version: number;
  readonly lines: readonly CartLine[];
}

/** A cart with what is remembered to apply an operation only once. */
export interface KeptCart extends Cart {
  /** Ids of the last operations, the oldest first. */
  readonly operations: readonly string[];
}

export const EMPTY_CART: Cart = { id: '', version: 0, lines: [] };

/** Of one line. */
export const MAX_QUANTITY = 10;
/** From so many on nothing is added; a merge may leave up to twice as many. */
export const MAX_LINES = 50;
export const CART_LIFE_MS = 30 * 24 * 3_600_000;

export type CartChange =
  | { readonly verb: 'add'; readonly sku: string; readonly quantity: number; readonly priceCents: number }
  /** Adds a line of a cart that is merged: together they may be up to twice as many as MAX_LINES. */
  | { readonly verb: 'bring'; readonly sku: string; readonly quantity: number; readonly priceCents: number }
  | { readonly verb: 'set'; readonly sku: string; readonly quantity: number; readonly priceCents: number }
  | { readonly verb: 'remove'; readonly sku: string };

/** From so many lines on, this change puts in no new one. */
export function mostLinesFor({ verb }: CartChange): number {
  return verb === 'bring' ? 2 * MAX_LINES : MAX_LINES;
}

/** 'full': it has as many lines as a cart may have. 'no-room': where it is kept has no room for more. */
export type ChangeOutcome = 'changed' | 'repeated' | 'full' | 'no-room';

export interface Changed {
  readonly outcome: ChangeOutcome;
  /** After it. */
  readonly cart: Cart;
}

/** The visitor's own copy of the cart, where the strategy keeps it with the visitor. */
export interface CartJar {
  readonly read: () => KeptCart;
  readonly write: (cart: KeptCart | undefined) => void;
}

/** What a store needs to know of the request it serves; a request's `ctx.state` is one. */
export interface CartRequest {
  readonly deadline: Deadline;
  /** What this browser was acknowledged; a store that can tell losses by it keeps it up to date. */
  cartTicket?: CartTicket | null;
  /** Set when the session store could not be reached. */
  readonly sessionUnknown?: boolean;
  readonly jar?: CartJar;
  /** Came with the session, in the same trip; good for one look, and for none after a change. */
  cartRead?: { readonly holder: string; readonly record: CartRecord } | undefined;
  /** The change this request asks for, known from its form before its session is. */
  foreseen?: ForeseenChange | undefined;
}

interface ForeseenOutcome {
  readonly outcome: ChangeOutcome | 'behind';
  /** The cart after it (record-text.ts). */
  readonly text: string;
}

export interface ForeseenChange {
  readonly holder: string;
  readonly change: CartChange;
  /** What it is about, as the catalogue knows it. */
  readonly variant: SellableVariant;
  readonly operationId: string;
  /** On its way before the session is read; never rejects, undefined when it did not come to pass. */
  sent?: Promise<ForeseenOutcome | undefined>;
}

/**
 * Where carts are kept. Every method resolves only when what it changed will survive whatever the strategy promises
 * to survive, and rejects otherwise; repeating a call with the same operation id changes nothing.
 */
export interface CartStore {
  readonly read: (holder: string, request: CartRequest) => Promise<Cart>;
  readonly change: (
    holder: string,
    change: CartChange,
    operationId: string,
    request: CartRequest,
  ) => Promise<Changed>;
  /**
   * Moves a guest's lines into the user's cart, in one step; quantities add up to at most MAX_QUANTITY. Together they may
   * be more than MAX_LINES, unless the user's were that many already.
   */
  readonly merge: (guest: string, user: string, request: CartRequest) => Promise<Changed>;
  /** Takes what was bought out of the cart `cartId`; what was added since stays, under a new id. */
  readonly bought: (holder: string, bought: Cart, request: CartRequest) => Promise<void>;
  readonly remove: (holder: string, request: CartRequest) => Promise<void>;
}

export function countPieces(cart: Cart): number {
  return cart.lines.reduce((sum, line) => sum + line.quantity, 0);
}
