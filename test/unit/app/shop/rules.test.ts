// The small pure rules of the shop, each where a mistake would cost a shopper something.
import { expect } from 'chai';
import fc from 'fast-check';
import { hrefOf } from '../../../../app/catalog/present-listing.ts';
import { toTextQuery } from '../../../../app/catalog/repository.ts';
import { filterFromUrl } from '../../../../app/catalog/schema.ts';
import { isCardNumber, isFutureExpiry } from '../../../../app/checkout/payment.ts';
import { SHIPPING } from '../../../../app/checkout/shipping.ts';
import { totalsOf } from '../../../../app/checkout/totals.ts';
import { isCrossSite } from '../../../../app/http/middleware/security.ts';
import { localPath } from '../../../../app/http/pages.ts';
import { CURRENCIES } from '../../../../app/http/view-parts.ts';
import { mergeSession } from '../../../../app/session/record.ts';
import { isRetriable } from '../../../../app/platform/pg-errors.ts';

describe('totals', () => {
  const pieces = fc.array(
    fc.record({
      sku: fc.uuid(),
      quantity: fc.integer({ min: 1, max: 10 }),
      euroCents: fc.integer({ min: 1, max: 100_000 }),
    }),
    { maxLength: 50 },
  );

  it('are the sum of what is shown, in whole cents of every currency', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom(...SHIPPING),
        fc.constantFrom(...CURRENCIES),
        (cart, shipping, currency) => {
          const totals = totalsOf(cart, shipping, currency);
          const shown = cart.reduce(
            (sum, { sku, quantity }) => sum + quantity * (totals.prices.get(sku) ?? NaN),
            0,
          );
          expect(totals.subtotalCents).to.equal(shown);
          expect(totals.totalCents).to.equal(totals.subtotalCents + totals.shippingCents);
          expect(Number.isSafeInteger(totals.totalCents)).to.equal(true);
        },
      ),
    );
  });

  it('make standard delivery free from 100 euros on, in every currency alike', () => {
    for (const currency of CURRENCIES) {
      const at = (euroCents: number) =>
        totalsOf([{ sku: 'a', quantity: 1, euroCents }], 'standard', currency);
      expect(at(9_999).shippingCents).to.be.greaterThan(0);
      expect(at(10_000).shippingCents).to.equal(0);
    }
  });
});

describe('forms from other sites', () => {
  const site = 'https://shop.example';
  const same = { site: 'same-origin', origin: site, host: 'shop.example' };

  it('are told by Sec-Fetch-Site', () => {
    expect(isCrossSite(same, site)).to.equal(false);
    expect(isCrossSite({ ...same, site: 'none' }, site)).to.equal(false);
    for (const from of ['cross-site', 'same-site']) {
      expect(isCrossSite({ ...same, site: from }, site)).to.equal(true);
    }
  });

  it('are told by Origin where the browser is older', () => {
    const older = { site: '', host: 'shop.example' };
    expect(isCrossSite({ ...older, origin: 'https://shop.example' }, site)).to.equal(false);
    expect(isCrossSite({ ...older, origin: 'https://evil.example' }, site)).to.equal(true);
    expect(isCrossSite({ ...older, origin: 'null' }, site)).to.equal(true);
  });

  it('cannot come from a client that sends neither', () => {
    expect(isCrossSite({ site: '', origin: '', host: 'shop.example' }, site)).to.equal(false);
  });
});

describe('the path to return to', () => {
  it('is one of this site, or the fallback', () => {
    expect(localPath('/cart?a=b', '/')).to.equal('/cart?a=b');
    for (const bad of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'cart',
      '/m\u00fcller',
      '',
      7,
      undefined,
    ]) {
      expect(localPath(bad, '/')).to.equal('/');
    }
  });
});

describe('a session that two requests change', () => {
  const base = { userId: 'u', name: 'Ada', cart: 'c' };

  it('keeps the changes of both', () => {
    const merged = mergeSession(base, { ...base, name: 'Grace' }, { ...base, mergeFrom: 'g' });
    expect(merged).to.deep.equal({ ...base, name: 'Grace', mergeFrom: 'g' });
  });

  it('loses the field that one of them removed', () => {
    const merged = mergeSession({ ...base, mergeFrom: 'g' }, base, {
      ...base,
      mergeFrom: 'g',
      role: 'staff',
    });
    expect(merged).to.deep.equal({ ...base, role: 'staff' });
  });
});

describe('a listing’s address', () => {
  it('means the same filter after it was made and read', () => {
    const place = { category: null, language: 'en' } as const;
    const url = '/search?q=linen+shirt&size=m&size=l&colour=navy&price=30-60&sort=price-asc&page=3';
    const query = Object.fromEntries(
      [...new Set(new URL(url, 'http://a').searchParams.keys())].map((key) => [
        key,
        new URL(url, 'http://a').searchParams.getAll(key),
      ]),
    );
    const filter = filterFromUrl(query, place);
    expect(hrefOf('/search', filter, { page: 3 })).to.equal(url);
    expect(hrefOf('/search', filter, { sizes: ['m'] })).to.not.include('page=');
  });

  it('survives whatever is typed into it', () => {
    const anything = fc.dictionary(fc.constantFrom('q', 'size', 'page', 'sort', 'price', 'x'), fc.string());
    fc.assert(
      fc.property(anything, (query) => {
        const filter = filterFromUrl(query, { category: null, language: 'de' });
        expect(filter.page).to.be.within(1, 1_000);
        expect(toTextQuery(filter.query) ?? "''").to.match(/^'.*'/u);
      }),
    );
  });
});

describe('cards', () => {
  it('need their check digit and a month that is not over', () => {
    expect(isCardNumber('4242424242424242')).to.equal(true);
    expect(isCardNumber('4242424242424241')).to.equal(false);
    const now = new Date('2026-11-22T00:00:00Z');
    expect(isFutureExpiry('11/26', now)).to.equal(true);
    expect(isFutureExpiry('10/26', now)).to.equal(false);
    expect(isFutureExpiry('13/30', now)).to.equal(false);
  });
});

describe('faults of Postgres', () => {
  it('worth another try are those of a failover, not those of the work', () => {
    for (const code of ['57P01', '25006', '08006', '40P01', 'ECONNRESET']) {
      expect(isRetriable(Object.assign(new Error('x'), { code })), code).to.equal(true);
    }
    for (const code of ['23505', '23514', '42P01']) {
      expect(isRetriable(Object.assign(new Error('x'), { code })), code).to.equal(false);
    }
    expect(isRetriable(new Error('Connection terminated unexpectedly'))).to.equal(true);
    expect(isRetriable(new Error('There was an error establishing an SSL connection'))).to.equal(true);
  });
});
