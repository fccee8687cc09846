// What the mails say, and how they leave: through SMTP where a server is set, into the log otherwise. The log gets
// the kind and the subject only; addresses and links with tokens are nobody's business there.
import { createTransport } from 'nodemailer';
import type { Log } from '../platform/log.ts';
import type { Language } from '../http/view-parts.ts';
import type { Order } from '../orders/order.ts';
import type { CarryOut, OutboxItem } from '../platform/outbox.ts';
import { orderText } from './order-text.ts';

export interface MailSettings {
  readonly smtpUrl: string | undefined;
  readonly from: string;
  readonly publicUrl: string;
  readonly log: Log;
  /** Undefined when there is none. Without a mail address when its account has been deleted since. */
  readonly orderOf: (id: string) => Promise<Order | undefined>;
}

interface Mail {
  readonly subject: string;
  readonly text: string;
}

const TIMEOUT_MS = 10_000;

/** One after the other: the outbox does not know which language its reader chose. */
function inBoth(en: readonly string[], de: readonly string[]): string {
  return `${en.join('\n')}\n\n${de.join('\n')}\n`;
}

function aboutOrder(order: Order | undefined, url: string, [en, de]: readonly [string, string]): string {
  const said = (language: Language): string[] => (order === undefined ? [] : [orderText(order, language)]);
  return inBoth([en, url, ...said('en')], [de, url, ...said('de')]);
}

/** To the address that was the account's until then. It does not say the new one: that may be somebody else's. */
const EMAIL_CHANGED: Mail = {
  subject: 'Your account has another e-mail address / Ihr Konto hat eine andere E-Mail-Adresse',
  text: inBoth(
    [
      'Your account at MyClothes has another e-mail address now, which was set with your password.',
      'If it was not you who did that, please answer this mail at once.',
    ],
    [
      'Ihr Konto bei MyClothes hat eine andere E-Mail-Adresse, die mit Ihrem Passwort gesetzt wurde.',
      'Wenn nicht Sie das waren, antworten Sie bitte sofort auf diese Mail.',
    ],
  ),
};

/** `order` is what the item is about, if it is about one. Throws for a kind that is no mail. */
export function compose({ kind, payload }: OutboxItem, publicUrl: string, order?: Order): Mail {
  const link = (path: string): string => new URL(path, publicUrl).href;
  const orderUrl = link(`/orders/${payload.orderId ?? ''}`);
  const number = order === undefined ? '' : ` ${order.number}`;
  switch (kind) {
    case 'order-confirmation':
      return {
        subject: `Your order${number} at MyClothes / Ihre Bestellung${number} bei MyClothes`,
        text: aboutOrder(order, orderUrl, [
          'Thank you for your order. You find it here:',
          'Danke für Ihre Bestellung. Sie finden sie hier:',
        ]),
      };
    case 'order-shipped':
      return {
        subject: `Your parcel${number} is on its way / Ihr Paket${number} ist unterwegs`,
        text: aboutOrder(order, orderUrl, [
          'What you ordered has been sent:',
          'Ihre Bestellung ist verschickt:',
        ]),
      };
    case 'password-reset': {
      const url = link(`/password/reset?token=${payload.token ?? ''}`);
      return {
        subject: 'Choose a new password / Neues Passwort wählen',
        text: inBoth(
          ['With this link you choose a new password within 30 minutes:', url],
          ['Mit diesem Link wählen Sie binnen 30 Minuten ein neues Passwort:', url],
        ),
      };
    }
    case 'email-changed':
      return EMAIL_CHANGED;
    default:
      throw new Error(`mail: unknown kind ${kind}`);
  }
}

export function createMailer(settings: MailSettings): CarryOut {
  const { smtpUrl, from, publicUrl, log, orderOf } = settings;
  const transport =
    smtpUrl === undefined
      ? undefined
      : createTransport({ url: smtpUrl, connectionTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS });
  return async (item) => {
    const { email = '', orderId } = item.payload;
    const order = orderId === undefined ? undefined : await orderOf(orderId);
    const mail = compose(item, publicUrl, order);
    const to = order === undefined ? email : order.email;
    // A guest may order through the API without an address, and who has left meanwhile has none any more.
    if (to === '') return;
    if (transport === undefined) {
      log.info({ kind: item.kind, subject: mail.subject }, 'mail (no SMTP server set)');
    } else await transport.sendMail({ from, to, ...mail });
  };
}
