// What every web process does besides answering: carrying out what lies in the outbox, giving back what was held and
// never bought, and keeping the two copies of carts alike.
import { deleteExpired } from './cart/copy-repository.ts';
import type { CartKeeping } from './cart/keeping.ts';
import type { Announcer } from './catalog/announcer.ts';
import { slugOf } from './catalog/seed-product.ts';
import { sweepHolds } from './checkout/holds.ts';
import type { PaymentProvider } from './checkout/payment.ts';
import { isPayment, settlePayment } from './checkout/settle.ts';
import type { Config } from './config/env.ts';
import { createMailer } from './mail/mailer.ts';
import { findOrder } from './orders/repository.ts';
import { forgetOldClaims, sweepUnpaid } from './orders/sweep.ts';
import { deadlineIn } from './platform/deadline.ts';
import type { Log } from './platform/log.ts';
import { drainOutbox } from './platform/outbox.ts';
import type { CarryOut, Line } from './platform/outbox.ts';
import { startPeriodic } from './platform/periodic.ts';
import type { Periodic } from './platform/periodic.ts';
import { onPrimary } from './platform/pg.ts';
import type { Database } from './platform/pg.ts';

const OUTBOX_PAUSE_MS = 5_000;
const SWEEP_PAUSE_MS = 30_000;
/** How long what Postgres acknowledged in Redis' place stays unknown there, at most. */
const CARTS_PAUSE_MS = 1_000;
const ITEMS_AT_ONCE = 20;
const TIME_MS = 5_000;

/** Gives back what nobody pays for, and tells the pods' caches. */
async function sweepStock(db: Database, announcer: Announcer, log: Log): Promise<void> {
  const { value: unpaid } = await db.transaction(sweepUnpaid, deadlineIn(TIME_MS));
  if (unpaid.expired > 0) log.info({ expired: unpaid.expired }, 'sweep: unpaid orders expired');
  const { value: released } = await db.transaction(sweepHolds, deadlineIn(TIME_MS));
  if (released.length > 0) log.info({ released }, 'sweep: holds that were over are back on the shelf');
  announcer.note([...unpaid.slugs, ...released.map(slugOf)]);
}

export interface BackgroundParts {
  readonly db: Database;
  readonly announcer: Announcer;
  readonly keeping: CartKeeping;
  readonly payment: PaymentProvider;
  readonly log: Log;
}

export function startBackground(config: Config, parts: BackgroundParts): Periodic {
  const { db, announcer, keeping, log } = parts;
  const mail = createMailer({
    smtpUrl: config.SHOP_SMTP_URL,
    from: config.SHOP_MAIL_FROM,
    publicUrl: config.SHOP_PUBLIC_URL,
    log,
    orderOf: (id) => db.read((q) => findOrder(q, id), onPrimary(deadlineIn(TIME_MS))),
  });
  const settle = settlePayment(parts.payment);
  const carryOut: CarryOut = (item) => (isPayment(item) ? settle(item) : mail(item));
  const failed = (error: unknown): void => log.warn({ err: error }, 'outbox: not done, trying later');
  const drain = (line: Line): Periodic =>
    startPeriodic({ name: `outbox/${line}`, pauseMs: OUTBOX_PAUSE_MS, log }, async (stopping) => {
      await drainOutbox(db, carryOut, { line, limit: ITEMS_AT_ONCE, stopping, failed });
    });
  const [payments, mails] = [drain('payments'), drain('mails')];
  const sweep = startPeriodic({ name: 'sweep', pauseMs: SWEEP_PAUSE_MS, log }, async () => {
    await sweepStock(db, announcer, log);
    await db.transaction(forgetOldClaims, deadlineIn(TIME_MS));
    await db.transaction(deleteExpired, deadlineIn(TIME_MS));
  });
  const carts = startPeriodic({ name: 'carts', pauseMs: CARTS_PAUSE_MS, log }, keeping.turn);
  return {
    stop: async (withinMs) => {
      await Promise.all([payments, mails, sweep, carts].map((work) => work.stop(withinMs)));
    },
  };
}
