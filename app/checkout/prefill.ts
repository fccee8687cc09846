// What the checkout page already knows of a logged-in shopper: the mail address and the address book.
import type { Address, SavedAddress } from '../account/account.ts';
import { listAddresses } from '../account/addresses.ts';
import { findById } from '../account/repository.ts';
import { readOptions } from '../catalog/service.ts';
import type { AppContext } from '../http/context.ts';
import type { Database } from '../platform/pg.ts';
import { userOf } from '../session/session.ts';

export interface Prefilled {
  readonly values: Readonly<Record<keyof Address | 'email' | 'shipping', string>>;
  readonly addresses: readonly (SavedAddress & { current: boolean })[];
}

export type Prefill = (ctx: AppContext) => Promise<Prefilled>;

const NOBODY: Address = { name: '', street: '', postcode: '', city: '', country: 'DE' };

/** `?address=<id>` chooses from the book; otherwise the preferred one is taken. */
function chosen(ctx: AppContext, addresses: readonly SavedAddress[]): SavedAddress | undefined {
  return addresses.find(({ id }) => id === ctx.query.address) ?? addresses[0];
}

export function createPrefill(db: Database): Prefill {
  return async (ctx) => {
    const user = userOf(ctx);
    if (user === null) return { values: { ...NOBODY, email: '', shipping: 'standard' }, addresses: [] };
    const { account, addresses } = await db.read(
      async (q) => ({ account: await findById(q, user.id), addresses: await listAddresses(q, user.id) }),
      readOptions(ctx),
    );
    const address = chosen(ctx, addresses);
    const { name, street, postcode, city, country } = address ?? { ...NOBODY, name: user.name };
    return {
      values: { name, street, postcode, city, country, email: account?.email ?? '', shipping: 'standard' },
      addresses: addresses.map((saved) => ({ ...saved, current: saved.id === address?.id })),
    };
  };
}
