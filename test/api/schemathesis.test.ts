// The real API on real stores under Schemathesis: whatever it sends, no 5xx, and no answer that the document does
// not announce. Once as a visitor, once as staff, who may do everything.
import { expect } from 'chai';
import { fuzzApi, installSchemathesis } from '../support/schemathesis.ts';
import { cookiesIn, newEmail } from '../support/shop-client.ts';
import { startShop } from '../support/shop.ts';
import type { TestShop } from '../support/shop.ts';
import { timeouts } from '../support/timeouts.ts';

const documentPath = '/api/v1/openapi.json';

describe('the JSON API under schemathesis', function () {
  // Longer than its own limit, so that what it found until then is shown.
  this.timeout(timeouts.apiFuzzMs + timeouts.soonMs);
  let shop: TestShop;

  before(async function () {
    this.timeout(timeouts.pythonToolMs);
    [shop] = await Promise.all([startShop(), installSchemathesis()]);
  });
  after(() => shop.close());

  /** The cookie of somebody logged in as staff. */
  async function staffCookie(): Promise<string> {
    const account = { email: newEmail(), password: 'a long enough password', name: 'Ada' };
    await shop.client().register(account);
    await shop.query(`UPDATE account SET role = 'staff' WHERE email = $1`, [account.email]);
    const answer = await shop.client().request('POST', '/api/v1/session', account);
    return cookiesIn(answer, /^sid/);
  }

  it('keeps its document for a visitor', async () => {
    const { failed, report } = await fuzzApi({ baseUrl: shop.url, documentPath, examples: 8 });
    expect(failed, report).to.equal(false);
  });

  it('keeps its document for staff', async () => {
    const cookie = await staffCookie();
    // What ends the session would turn every operation after it into a 401.
    const without = '^DELETE /api/v1/(session|account|account/sessions)$';
    const { failed, report } = await fuzzApi({
      baseUrl: shop.url,
      documentPath,
      cookie,
      without,
      examples: 8,
    });
    expect(failed, report).to.equal(false);
  });
});
