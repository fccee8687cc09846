// What the browser knows of its cart, in a signed cookie: whose it is and the clock of the last change that was
// acknowledged to it. The clock makes a loss visible (a store that answers with an older cart lacks something); the
// holder finds the cart while the session store is away, and a guest's also after a session was lost.
import type { AppContext, Next } from '../http/context.ts';
import { removeSignedCookie, setSignedCookie, signedCookie } from '../http/signed-cookie.ts';
import { CART_LIFE_MS } from './cart.ts';

export interface CartTicket {
  readonly holder: string;
  readonly clock: number;
  /** When it was made, in ms since 1970. */
  readonly madeAt: number;
}

const COOKIE = 'cart';
const TICKET = /^([gu]-[\w-]{1,64})\.(\d{1,12})\.(\d{1,14})$/;
/** An account's cart is not shown for an older one: its session may have been ended meanwhile. */
const ACCOUNT_LIFE_MS = 12 * 3_600_000;

export function parseTicket(value: string | undefined): CartTicket | null {
  const [, holder, clock, madeAt] = TICKET.exec(value ?? '') ?? [];
  if (holder === undefined) return null;
  return { holder, clock: Number(clock), madeAt: Number(madeAt) };
}

/** The clock this browser was acknowledged for the holder's cart; 0 when it knows none. */
export function seenClock(ticket: CartTicket | null | undefined, holder: string): number {
  return ticket?.holder === holder ? ticket.clock : 0;
}

/** Whose cart it is while nobody can say who the visitor is, or null. */
export function holderWithoutSession(ticket: CartTicket | null | undefined, nowMs: number): string | null {
  if (ticket === null || ticket === undefined) return null;
  const isGuest = ticket.holder.startsWith('g-');
  return isGuest || nowMs - ticket.madeAt < ACCOUNT_LIFE_MS ? ticket.holder : null;
}

/** A guest's cart whose session was lost, or null: an account's is found by logging in. */
export function guestOf(ticket: CartTicket | null | undefined): string | null {
  return ticket?.holder.startsWith('g-') === true ? ticket.holder : null;
}

function write(ctx: AppContext, ticket: CartTicket | null): void {
  if (ticket === null) removeSignedCookie(ctx, COOKIE);
  else setSignedCookie(ctx, COOKIE, `${ticket.holder}.${ticket.clock}.${ticket.madeAt}`, CART_LIFE_MS);
}

/** Reads the ticket onto the request's state, and writes the cookie when it was another one at the end. */
export async function cartTickets(ctx: AppContext, next: Next): Promise<void> {
  const before = parseTicket(signedCookie(ctx, COOKIE));
  ctx.state.cartTicket = before;
  try {
    await next();
  } finally {
    if (ctx.state.cartTicket !== before) write(ctx, ctx.state.cartTicket ?? null);
  }
}
