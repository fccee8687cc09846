// The address book of whoever is logged in, for the page and for programs. Everybody else gets 401.
import { randomUUID } from 'node:crypto';
import { readOptions } from '../catalog/service.ts';
import type { AppContext } from '../http/context.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { isUuid } from '../platform/uuid.ts';
import { requireUser } from '../session/session.ts';
import type { SavedAddress } from './account.ts';
import { insertAddress, listAddresses, preferAddress, removeAddress } from './addresses.ts';
import { accountGone } from './gone.ts';

export interface AddressBook {
  /** The preferred one first. */
  readonly list: (ctx: AppContext) => Promise<readonly SavedAddress[]>;
  /** Undefined when the book is full. */
  readonly add: (ctx: AppContext, form: Omit<SavedAddress, 'id'>) => Promise<SavedAddress | undefined>;
  /** Resolves with false when there is no such address. */
  readonly prefer: (ctx: AppContext, id: string) => Promise<boolean>;
  /** Resolves with false when there is no such address. */
  readonly remove: (ctx: AppContext, id: string) => Promise<boolean>;
}

export function createAddressBook(db: Database): AddressBook {
  async function write<T>(ctx: AppContext, work: (q: Querier) => Promise<T>): Promise<T> {
    const { value, lsn } = await db.transaction(work, ctx.state.deadline);
    rememberWrite(ctx, lsn);
    return value;
  }

  const change =
    (work: (q: Querier, accountId: string, id: string) => Promise<number>) =>
    async (ctx: AppContext, id: string): Promise<boolean> => {
      const user = requireUser(ctx);
      return isUuid(id) && (await write(ctx, (q) => work(q, user.id, id))) > 0;
    };

  return {
    list: async (ctx) => {
      const { id } = requireUser(ctx);
      return db.read((q) => listAddresses(q, id), readOptions(ctx));
    },
    add: async (ctx, form) => {
      const user = requireUser(ctx);
      // Made before the transaction: when its reply is lost and it is repeated, it finds its own.
      const saved = { id: randomUUID(), ...form };
      const outcome = await write(ctx, (q) => insertAddress(q, user.id, saved));
      if (outcome === 'no-account') throw accountGone(ctx);
      return outcome === 'full' ? undefined : saved;
    },
    prefer: change(preferAddress),
    remove: change(removeAddress),
  };
}
