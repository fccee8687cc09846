// What a request carries through the middlewares: Koa's context with our state. Handlers get the parts they need
// from here and from the dependencies their router was made with; nothing is global.
import type { ParameterizedContext } from 'koa';
import type { CartTicket } from '../cart/ticket.ts';
import type { CartJar, CartRequest } from '../cart/cart.ts';
import type { Wish } from '../cart/wish.ts';
import type { Deadline } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import type { SessionRecord } from '../session/store.ts';
import type { Checked } from './input.ts';
import type { CachedPage } from './page-cache.ts';
import type { Currency, Language } from './view-parts.ts';

export interface Flash {
  readonly kind: 'success' | 'info' | 'error';
  readonly text: string;
}

export interface AppState {
  readonly requestId: string;
  /** What every answer says of itself, as pairs of header and value, one behind the other. */
  readonly identity: readonly string[];
  readonly log: Log;
  deadline: Deadline;
  language: Language;
  currency: Currency;
  /** Position of this shopper's last write to Postgres, null when it is long ago. */
  afterLsn: string | null;
  /** True when the store could not say who this is: such a visitor is neither logged in nor logged out. */
  sessionUnknown?: boolean;
  /** By session id, as the store answered. */
  sessionsRead?: Map<string, SessionRecord>;
  /** Pieces in the cart as read together with the session; undefined until then, null when unknown. */
  cartCount?: number | null;
  /** What this browser was acknowledged of its cart; null when it has none. */
  cartTicket?: CartTicket | null;
  /** Where the visitor keeps the cart, if the session strategy leaves it with the visitor. */
  jar?: CartJar;
  /** The cart as it came together with the session. */
  cartRead?: CartRequest['cartRead'];
  /** What the request wants to add to the cart, once it was looked at. */
  wish?: Checked<Wish>;
  /** The change of the cart that is sent before the session is read. */
  foreseen?: CartRequest['foreseen'];
  flash?: Flash | null;
  /** Of the body, where it is in several. */
  pieces?: readonly Buffer[];
  /** The page that is the answer, when it is one that is kept for everybody. */
  keptPage?: CachedPage;
  /** Set for answers that go to programs: errors become problem+json. */
  isApi?: boolean;
}

export type AppContext = ParameterizedContext<AppState>;
export type Next = () => Promise<unknown>;
