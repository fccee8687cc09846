// What the mails say, and how they leave: through SMTP where a server is set, into the log otherwise. The log gets
// the kind and the subject only; addresses and links with tokens are nobody's business there.
import { createTransport } from 'nodemailer';
import type { Log } from '../platform/log.ts';
import type { CarryOut, OutboxItem } from '../platform/outbox.ts';

export interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly publicUrl: string;
  readonly log: Log;
}

interface Mail {
  readonly subject: string;
  readonly text: string;
}

const TIMEOUT_MS = 10_000;

/** In both languages: the outbox does not know which one its reader chose. */
export function compose({ kind, payload }: OutboxItem, publicUrl: string): Mail {
  const link = (path: string): string => new URL(path, publicUrl).href;
  switch (kind) {
    case 'order-confirmation': {
      const url = link(`/orders/${payload.orderId ?? ''}`);
      return {
        subject: 'Your order at MyClothes / Ihre Bestellung bei MyClothes',
        text: `Thank you for your order. You find it here:\n${url}\n\nDanke für Ihre Bestellung. Sie finden sie hier:\n${url}\n`,
      };
    }
    case 'order-shipped': {
      const url = link(`/orders/${payload.orderId ?? ''}`);
      return {
        subject: 'Your parcel is on its way / Ihr Paket ist unterwegs',
        text: `What you ordered has been sent:\n${url}\n\nIhre Bestellung ist verschickt:\n${url}\n`,
      };
    }
    case 'password-reset': {
      const url = link(`/password/reset?token=${payload.token ?? ''}`);
      return {
        subject: 'Choose a new password / Neues Passwort wählen',
        text: `With this link you choose a new password within 30 minutes:\n${url}\n\nMit diesem Link wählen Sie binnen 30 Minuten ein neues Passwort:\n${url}\n`,
      };
    }
    default:
      throw new Error(`mail: unknown kind ${kind}`);
  }
}

export function createMailer(settings: MailSettings): CarryOut {
  const { smtpUrl, from, publicUrl, log } = settings;
  const transport =
    smtpUrl === undefined
      ? undefined
      : createTransport({ url: smtpUrl, connectionTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS });
  return async (item) => {
    const to = item.payload.email ?? '';
    const mail = compose(item, publicUrl);
    // A guest may order through the API without an address.
    if (to === '') return;
    if (transport === undefined) {
      log.info({ kind: item.kind, subject: mail.subject }, 'mail (no SMTP server set)');
    } else await transport.sendMail({ from, to, ...mail });
  };
}
