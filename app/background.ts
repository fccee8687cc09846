// What every web process does besides answering: sending mail from the outbox, giving back what was held or ordered
// and never paid, and keeping the two copies of carts alike.
import { deleteExpired } from './cart/copy-repository.ts';
import type { CartKeeping } from './cart/keeping.ts';
import type { Announcer } from './catalog/announcer.ts';
import { slugOf } from './catalog/seed-product.ts';
import { sweepHolds } from './checkout/holds.ts';
import type { Config } from './config/env.ts';
import { createMailer } from './mail/mailer.ts';
import { drainOutbox } from './mail/outbox.ts';
import { forgetOldClaims, sweepUnpaid } from './orders/sweep.ts';
import { deadlineIn } from './platform/deadline.ts';
import type { Log } from './platform/log.ts';
import { startPeriodic } from './platform/periodic.ts';
import type { Periodic } from './platform/periodic.ts';
import type { Database } from './platform/pg.ts';

const MAIL_PAUSE_MS = 5_000;
const SWEEP_PAUSE_MS = 30_000;
/** How long what Postgres acknowledged in Redis' place stays unknown there, at most. */
const CARTS_PAUSE_MS = 1_000;
const MAILS_AT_ONCE = 20;
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
  readonly log: Log;
}

export function startBackground(config: Config, { db, announcer, keeping, log }: BackgroundParts): Periodic {
  const send = createMailer({
    smtpUrl: config.SHOP_SMTP_URL,
    from: config.SHOP_MAIL_FROM,
    publicUrl: config.SHOP_PUBLIC_URL,
    log,
  });
  const mail = startPeriodic({ name: 'mail', pauseMs: MAIL_PAUSE_MS, log }, async () => {
    await drainOutbox(db, send, MAILS_AT_ONCE, (error) =>
      log.warn({ err: error }, 'mail: not sent, trying later'),
    );
  });
  const sweep = startPeriodic({ name: 'sweep', pauseMs: SWEEP_PAUSE_MS, log }, async () => {
    await sweepStock(db, announcer, log);
    await db.transaction(forgetOldClaims, deadlineIn(TIME_MS));
    await db.transaction(deleteExpired, deadlineIn(TIME_MS));
  });
  const carts = startPeriodic({ name: 'carts', pauseMs: CARTS_PAUSE_MS, log }, keeping.turn);
  return {
    stop: async () => {
      await Promise.all([mail.stop(), sweep.stop(), carts.stop()]);
    },
  };
}
