// Carts that the visitor keeps: in the session's sealed cookie, on no server. What the cookie says was in it once, not
// what is true now: an old cookie can come back at any time. So every look at a cart asks Postgres whether this very
// cart was bought since, and what was bought is not in it any more. Prices are not believed at all.
import { hash, randomUUID } from 'node:crypto';
import { packLines } from '../session/compact.ts';
import type { CartJar, CartLine, CartRequest, CartStore, KeptCart } from './cart.ts';
import { applyChange, withoutBought } from './rules.ts';

export interface CookieCartSettings {
  /** Bytes the lines may take. */
  readonly roomBytes: number;
  /** The lines of the order that was made of this cart, as the primary knows them; undefined when there is none. */
  readonly boughtFrom: (cartId: string, request: CartRequest) => Promise<readonly CartLine[] | undefined>;
}

function jarOf(request: CartRequest): CartJar {
  if (request.jar === undefined) throw new Error('cart: this request has no cookie to keep a cart in');
  return request.jar;
}

/** Six bytes tell sixteen operations apart as well as the client's own long names. */
function short(operationId: string): string {
  return hash('sha256', operationId, 'base64url').slice(0, 8);
}

async function current(settings: CookieCartSettings, request: CartRequest): Promise<KeptCart> {
  const cart = jarOf(request).read();
  if (cart.id === '' || cart.lines.length === 0) return cart;
  const lines = await settings.boughtFrom(cart.id, request);
  return lines === undefined ? cart : withoutBought(cart, { ...cart, lines }, randomUUID());
}

export function createCookieCarts(settings: CookieCartSettings): CartStore {
  const read: CartStore['read'] = async (_holder, request) => {
    const cart = await current(settings, request);
    jarOf(request).write(cart);
    return cart;
  };
  return {
    read,
    change: async (_holder, change, operationId, request) => {
      const before = await current(settings, request);
      const applied = applyChange(before, change, short(operationId), randomUUID());
      const grew = packLines(applied.cart.lines).length > packLines(before.lines).length;
      if (grew && packLines(applied.cart.lines).length > settings.roomBytes) {
        return { outcome: 'no-room', cart: before };
      }
      jarOf(request).write(applied.cart);
      return applied;
    },
    // The cart is in the browser already, whoever logs in there; no server knows another one.
    merge: async (_guest, user, request) => ({ outcome: 'repeated', cart: await read(user, request) }),
    bought: (_holder, bought, request) => {
      const jar = jarOf(request);
      jar.write(withoutBought({ ...jar.read() }, bought, randomUUID()));
      return Promise.resolve();
    },
    remove: (_holder, request) => {
      jarOf(request).write(undefined);
      return Promise.resolve();
    },
  };
}
