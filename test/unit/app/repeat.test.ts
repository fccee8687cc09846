// Which forms may be sent again as they were, and what of them a page must not hold.
import { expect } from 'chai';
import { operationOf, repeatOf } from '../../../app/http/repeat.ts';

describe('a form that could not be served', () => {
  it('is there to be sent again, with all that was typed', () => {
    const body = { sku: 'tee-navy-m', quantity: '2', operationId: 'op-1', size: ['S', 'M'] };
    expect(repeatOf('POST', '/cart/lines', body)).to.deep.equal({
      action: '/cart/lines',
      isWhole: true,
      fields: [
        { name: 'sku', value: 'tee-navy-m' },
        { name: 'quantity', value: '2' },
        { name: 'operationId', value: 'op-1' },
        { name: 'size', value: 'S' },
        { name: 'size', value: 'M' },
      ],
    });
  });

  for (const secret of [
    'password',
    'currentPassword',
    'newPassword',
    'cardNumber',
    'cardExpiry',
    'cardCode',
  ]) {
    it(`does not hold what was typed as ${secret}`, () => {
      const repeat = repeatOf('POST', '/somewhere', { email: 'ada@example.org', [secret]: '4242' });
      expect(repeat?.fields).to.deep.equal([{ name: 'email', value: 'ada@example.org' }]);
      expect(repeat?.isWhole).to.equal(false);
    });
  }

  it('is none where nothing was typed, or more than a form of ours has', () => {
    expect(repeatOf('POST', '/logout', undefined)).to.equal(null);
    expect(repeatOf('POST', '/logout', {})).to.equal(null);
    expect(repeatOf('GET', '/search', { q: 'shirt' })).to.equal(null);
    expect(repeatOf('POST', '/login', { q: Array.from({ length: 101 }, String) })).to.equal(null);
  });

  it('says its operation id where it is one', () => {
    expect(operationOf({ operationId: 'op-1' })).to.deep.equal({ operationId: 'op-1' });
    for (const body of [undefined, 'text', {}, { operationId: 7 }, { operationId: 'x'.repeat(101) }]) {
      expect(operationOf(body)).to.deep.equal({});
    }
  });
});
