// A text compressed before its holes are filled must be the same text for every gzip reader.
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { gzipTemplate } from '../../../app/http/gzip-template.ts';

const filled = (parts: readonly string[], values: readonly string[]): string =>
  parts.map((part, at) => part + (values[at] ?? '')).join('');

const encoded = (parts: readonly string[]): Buffer[] => parts.map((part) => Buffer.from(part));

const joined = (parts: readonly Buffer[], values: readonly string[]): Buffer =>
  Buffer.concat(gzipTemplate(parts)(values));

describe('a gzipped text with holes', () => {
  it('reads as the filled text, whatever the parts and the values are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    const cases = fc.tuple(text, fc.array(fc.tuple(text, text), { maxLength: 6 }));
    fc.assert(
      fc.property(cases, ([first, more]) => {
        const parts = [first, ...more.map(([part]) => part)];
        const values = more.map(([, value]) => value);
        expect(gunzipSync(joined(encoded(parts), values)).toString()).to.equal(filled(parts, values));
      }),
      { numRuns: 50 },
    );
  });

  it('can be filled again with other values', () => {
    const fill = gzipTemplate(encoded(['<p>', '</p>']));
    expect(gunzipSync(Buffer.concat(fill(['one']))).toString()).to.equal('<p>one</p>');
    expect(gunzipSync(Buffer.concat(fill(['two']))).toString()).to.equal('<p>two</p>');
  });

  it('is much smaller than a long text', () => {
    const parts = ['<li>shirt</li>'.repeat(500), '<li>shoe</li>'.repeat(500)];
    expect(joined(encoded(parts), ['id']).length).to.be.lessThan(1_000);
  });

  it('refuses a value that one block cannot hold', () => {
    expect(() => gzipTemplate(encoded(['', '']))(['x'.repeat(70_000)])).to.throw('do not fit');
  });
});
