// A kept page is rendered once for the same data, is never another visitor's, and goes when its data goes.
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createPageCache } from '../../../app/http/page-cache.ts';
import type { CachedPage, PageValues } from '../../../app/http/page-cache.ts';

const html = ({ operationId, requestId }: PageValues): string =>
  `<input value="${operationId}"><p>shirt</p><small>${requestId}</small>`;
const values = { requestId: 'r-1', operationId: 'o-1' };

const read = (page: CachedPage, filled: PageValues = values): string =>
  Buffer.concat(page.text(filled)).toString();

describe('kept pages', () => {
  it('are rendered once, and filled with each request’s own values', () => {
    const pages = createPageCache(10_000);
    const product = {};
    let renders = 0;
    const page = () =>
      pages.get([product], 'en', (holes) => {
        renders += 1;
        return html(holes);
      });
    expect(read(page())).to.equal(html(values));
    const others = { requestId: 'r-2', operationId: 'o-2' };
    expect(read(page(), others)).to.equal(html(others));
    expect(gunzipSync(Buffer.concat(page().gzipped(others))).toString()).to.equal(html(others));
    expect(renders).to.equal(1);
  });

  it('are filled with all of their text, be it short or long behind the last hole', () => {
    for (const end of ['', 'é'.repeat(1_000), 'é'.repeat(1_001)]) {
      const page = createPageCache(10_000).get([{}], '', (holes) => html(holes) + end);
      expect(read(page)).to.equal(html(values) + end);
      expect(gunzipSync(Buffer.concat(page.gzipped(values))).toString()).to.equal(html(values) + end);
    }
  });

  it('are rendered anew when any of their data was read anew', () => {
    const pages = createPageCache(10_000);
    const product = {};
    expect(read(pages.get([product, {}], 'en', () => 'old'))).to.equal('old');
    expect(read(pages.get([product, {}], 'en', () => 'new'))).to.equal('new');
  });

  it('are kept apart by variant', () => {
    const pages = createPageCache(10_000);
    const product = {};
    expect(read(pages.get([product], 'en', () => 'shirt'))).to.equal('shirt');
    expect(read(pages.get([product], 'de', () => 'Hemd'))).to.equal('Hemd');
  });

  it('have the same tag whatever fills their holes, and another one for other content', () => {
    const pages = createPageCache(10_000);
    const tag = (text: string): string => pages.get([{}], '', (holes) => text + html(holes)).etag;
    expect(tag('a')).to.equal(tag('a'));
    expect(tag('a')).to.not.equal(tag('b'));
  });

  it('make room for newer ones', () => {
    const pages = createPageCache(100);
    const [first, second] = [{}, {}];
    let renders = 0;
    const get = (data: object) =>
      pages.get([data], '', () => {
        renders += 1;
        return 'x'.repeat(60);
      });
    for (const data of [first, second, first]) get(data);
    expect(renders).to.equal(3);
  });
});
