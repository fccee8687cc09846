// The row of a cart in Postgres, on which two versions of the shop may write while one follows the other: whatever
// either of them wrote stays, whichever comes last.
import { expect } from 'chai';
import { findRecent, findRecord } from '../../../app/cart/copy-repository.ts';
import { changeRecord } from '../../../app/cart/record-change.ts';
import { textOf } from '../../../app/cart/record-text.ts';
import { EMPTY_RECORD, newestOp } from '../../../app/cart/record.ts';
import type { CartRecord } from '../../../app/cart/record.ts';
import { createWriteThrough } from '../../../app/cart/write-through.ts';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import type { Database } from '../../../app/platform/pg.ts';
import { startCartDatabase } from '../../support/cart-database.ts';
import type { CartDatabase } from '../../support/cart-database.ts';
import { timeouts } from '../../support/timeouts.ts';

const holder = 'g-ada';

function add(record: CartRecord, op: string): CartRecord {
  const change = { verb: 'add', sku: 'tee-navy-m', quantity: 1, priceCents: 1_000 } as const;
  return changeRecord(record, change, { at: record.clock + 1, op }, 'the-cart').record;
}

describe('the row of a cart in Postgres', function () {
  this.timeout(timeouts.fixtureMs);
  let carts: CartDatabase;
  let db: Database;
  const outcomes: string[] = [];
  before(async () => {
    carts = await startCartDatabase();
    ({ db } = carts);
  });
  after(() => carts.close());
  beforeEach(async () => {
    outcomes.length = 0;
    await carts.query('DELETE FROM cart');
  });

  /** As this version brings what Redis acknowledged. */
  async function bring(record: CartRecord): Promise<void> {
    const writeThrough = createWriteThrough(db, {
      failed: (error) => expect.fail(String(error)),
      dropped: () => undefined,
      written: (outcome) => outcomes.push(outcome),
    });
    writeThrough.put(holder, textOf(record));
    await writeThrough.close(timeouts.soonMs);
  }

  /** As the version before brought it, which knows of no text. */
  async function bringAsBefore(record: CartRecord): Promise<void> {
    await carts.query(
      `INSERT INTO cart (holder, record, clock, newest_op, ahead) VALUES ($1, $2, $3, $4, false)
       ON CONFLICT (holder) DO UPDATE SET record = excluded.record, clock = excluded.clock,
         newest_op = excluded.newest_op, ahead = false`,
      [holder, JSON.stringify(record), String(record.clock), newestOp(record)],
    );
  }

  const options = () => ({ deadline: deadlineIn(timeouts.soonMs), afterLsn: null, primary: true });
  const kept = () => db.read((q) => findRecord(q, holder), options());
  const opsKept = async (): Promise<string[]> => Object.keys((await kept())?.ops ?? {}).sort();

  it('holds a change as Redis said it, and is found as one that changed', async () => {
    const record = add(add(EMPTY_RECORD, 'a'), 'b');
    await bring(record);
    expect(await kept()).to.deep.equal(record);
    const recent = await db.read((q) => findRecent(q, 60, '', 10), options());
    expect(recent).to.deep.equal([{ holder, record }]);
  });

  it('takes further changes in one statement', async () => {
    const record = add(EMPTY_RECORD, 'a');
    await bring(record);
    await bring(add(record, 'b'));
    expect(await opsKept()).to.deep.equal(['a', 'b']);
    expect(outcomes).to.deep.equal(['newer', 'newer']);
  });

  it('takes further changes of what the version before wrote', async () => {
    const record = add(EMPTY_RECORD, 'a');
    await bringAsBefore(record);
    await bring(add(record, 'b'));
    expect(await opsKept()).to.deep.equal(['a', 'b']);
    expect(outcomes).to.deep.equal(['newer']);
  });

  it('keeps what is there when a copy comes that went another way, and says that Redis lacks it', async () => {
    const common = add(EMPTY_RECORD, 'a');
    await bring(add(common, 'b'));
    await bring(add(add(common, 'c'), 'd'));
    expect(await opsKept()).to.deep.equal(['a', 'b', 'c', 'd']);
    expect(outcomes).to.deep.equal(['newer', 'joined']);
  });

  it('keeps what this version brought when the version before writes over it, and goes on', async () => {
    const common = add(EMPTY_RECORD, 'a');
    await bring(add(common, 'b'));
    const theirs = add(common, 'c');
    await bringAsBefore(theirs);
    expect(await opsKept()).to.deep.equal(['a', 'b', 'c']);
    // Knows the newest that the row names, but not what stands beside it.
    await bring(add(theirs, 'd'));
    expect(await opsKept()).to.deep.equal(['a', 'b', 'c', 'd']);
  });
});
