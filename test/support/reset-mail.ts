// What is in the mail with which a forgotten password is set anew. Whoever sends a mail empties it in the same breath, so
// that a test which wants to read it says first that none is to be sent.
import type { TestShop } from './shop.ts';

/** From now on mails stay where they lie. */
export async function holdMails(shop: TestShop): Promise<void> {
  await shop.query("ALTER TABLE outbox ALTER COLUMN next_try_at SET DEFAULT 'infinity'");
}

/** Of the latest mail to this address. Throws where there is none. */
export async function resetTokenFor(shop: TestShop, email: string): Promise<string> {
  const [mail] = await shop.query<{ token: string }>(
    `SELECT payload ->> 'token' AS token FROM outbox
      WHERE kind = 'password-reset' AND payload ->> 'email' = $1 ORDER BY id DESC`,
    [email],
  );
  if (!mail) throw new Error(`no mail to ${email} with a token: was it asked for?`);
  return mail.token;
}
