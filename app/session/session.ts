// Who this visitor is, as handlers see it. A session holds ids and the name for the greeting, never the cart.
// Three answers are kept apart: somebody, nobody, and "the store could not say". The last one is neither logged
// in nor logged out: whatever needs to know is refused with 503, and the browser keeps its cookie.
import { randomUUID } from 'node:crypto';
import { guestOf, holderWithoutSession } from '../cart/ticket.ts';
import type { AppContext } from '../http/context.ts';
import { unauthenticated, unavailable } from '../http/errors.ts';

export interface SessionData {
  readonly userId?: string;
  readonly name?: string;
  readonly role?: 'shopper' | 'staff';
  /** Whose cart it is: the name under which the cart store keeps it. */
  readonly cart?: string;
  /** Holder of a guest's cart that still has to be merged into this user's. */
  readonly mergeFrom?: string;
  /** When the visitor logged in or first put something into the cart, in ms since 1970. */
  readonly startedAt?: number;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: 'shopper' | 'staff';
}

/** What koa-session puts on the context; kept behind this file because its own type is `any`. */
interface KoaSession extends Record<string, unknown> {
  regenerate: () => Promise<void>;
}

interface WithSession {
  session: KoaSession | SessionData | null;
}

function raw(ctx: AppContext): WithSession {
  return ctx as unknown as WithSession;
}

/** The session's data; empty for a visitor without one. Throws 503 when the store could not say. */
export function sessionOf(ctx: AppContext): SessionData {
  if (ctx.state.sessionUnknown === true) throw unavailable();
  return (raw(ctx).session ?? {}) as SessionData;
}

/** The logged-in user, or null. Throws 503 when the store could not say. */
export function userOf(ctx: AppContext): User | null {
  const { userId, name, role } = sessionOf(ctx);
  if (userId === undefined) return null;
  return { id: userId, name: name ?? '', role: role ?? 'shopper' };
}

/** For the frame of a page, which is shown whether or not the store can say. */
export function userIfKnown(ctx: AppContext): User | null {
  return ctx.state.sessionUnknown === true ? null : userOf(ctx);
}

export function requireUser(ctx: AppContext): User {
  const user = userOf(ctx);
  if (user === null) throw unauthenticated();
  return user;
}

function change(ctx: AppContext, data: SessionData): void {
  Object.assign(raw(ctx).session ?? {}, data);
}

/**
 * The name under which this visitor's cart is kept, or null when there cannot be one yet. While the session store
 * cannot say, and for a guest whose session was lost, it is the one that the browser's ticket names.
 */
export function cartHolderOf(ctx: AppContext): string | null {
  const { sessionUnknown, cartTicket } = ctx.state;
  if (sessionUnknown !== true) return sessionOf(ctx).cart ?? guestOf(cartTicket);
  const holder = holderWithoutSession(cartTicket, Date.now());
  if (holder === null) throw unavailable();
  return holder;
}

/** The same, beginning a session when there is none. */
export function ensureCartHolder(ctx: AppContext): string {
  const known = cartHolderOf(ctx);
  if (known !== null && (ctx.state.sessionUnknown === true || sessionOf(ctx).cart === known)) return known;
  const holder = known ?? `g-${randomUUID()}`;
  change(ctx, { cart: holder, startedAt: Date.now() });
  return holder;
}

export function userCartHolder(userId: string): string {
  return `u-${userId}`;
}

/**
 * Logs in under a new session id (a fixed or leaked old one is worth nothing afterwards) and returns the holder of
 * the cart this visitor had as a guest, or null. Its merge is noted in the session until `forgetMerge`.
 */
export async function beginSession(ctx: AppContext, user: User): Promise<string | null> {
  // A guest whose session was lost has seen the ticket's cart a moment ago.
  const { cart = guestOf(ctx.state.cartTicket) } = sessionOf(ctx);
  const guest = cart?.startsWith('g-') === true ? cart : null;
  change(ctx, {
    userId: user.id,
    name: user.name,
    role: user.role,
    cart: userCartHolder(user.id),
    startedAt: Date.now(),
    ...(guest !== null && { mergeFrom: guest }),
  });
  const session = raw(ctx).session as KoaSession;
  await session.regenerate();
  return guest;
}

/** Undoes `beginSession`, under yet another id: the visitor is the guest again who came. */
export async function takeBackLogin(ctx: AppContext, guest: string | null): Promise<void> {
  const session = raw(ctx).session as KoaSession;
  for (const name of ['userId', 'name', 'role', 'mergeFrom', 'cart']) Reflect.deleteProperty(session, name);
  if (guest !== null) change(ctx, { cart: guest });
  await session.regenerate();
}

export function mergePending(ctx: AppContext): string | null {
  return ctx.state.sessionUnknown === true ? null : (sessionOf(ctx).mergeFrom ?? null);
}

export function forgetMerge(ctx: AppContext): void {
  const session = raw(ctx).session;
  if (session !== null) Reflect.deleteProperty(session, 'mergeFrom');
}

/** What was typed at the checkout (checkout/kept-form.ts): name, street and mail address. */
const TYPED_COOKIE = 'typed';

function forgetTyped(ctx: AppContext): void {
  if (ctx.cookies.get(TYPED_COOKIE, { signed: false }) === undefined) return;
  const options = { maxAge: 0, sameSite: 'lax', httpOnly: true, overwrite: true, signed: false } as const;
  ctx.cookies.set(TYPED_COOKIE, '', options);
}

export function logOut(ctx: AppContext): void {
  sessionOf(ctx);
  // On a shared computer the next visitor must not find the account's cart, nor where its owner lives.
  ctx.state.cartTicket = null;
  forgetTyped(ctx);
  raw(ctx).session = null;
}

export function rename(ctx: AppContext, name: string): void {
  change(ctx, { name });
}
