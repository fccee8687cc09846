import { expect } from 'chai';
import { COLOURS, SIZES, type Colour } from '../../../app/catalog/seed-product.ts';
import { catalogue, categories } from '../../../app/seed/catalogue.ts';
import { drawCategoryPicture, drawKind, drawPicture } from '../../../app/seed/pictures.ts';
import { cuts, partsOf, weaves } from '../../../app/seed/picture-kinds.ts';

const pictures = catalogue.flatMap((product) =>
  [...new Set(product.variants.map((variant) => variant.colour))].map((colour) =>
    drawPicture(product, colour),
  ),
);

/** Every tag is closed in the right order; enough XML for text we write ourselves. */
function isBalanced(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name, selfClosing] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (end && open.pop() !== name) return false;
    if (!end && !selfClosing) open.push(name ?? '');
  }
  return open.length === 0;
}

describe('the pictures', () => {
  it('are the same bytes each time they are drawn', () => {
    const [first] = catalogue;
    expect(first && drawPicture(first, 'white')).to.equal(first && drawPicture(first, 'white'));
  });

  it('can be drawn for every cut in every weave, as closed SVG', () => {
    for (const cut of cuts) {
      for (const weave of weaves) {
        const svg = drawKind(`${cut}:${weave}`, '#b93a3a', { seed: 3 });
        expect(isBalanced(svg), `${cut}:${weave}`).to.equal(true);
        expect(svg, `${cut}:${weave}`).to.not.match(/undefined|NaN|\[object/);
      }
    }
  });

  it('hold no style, no script and no foreign address', () => {
    for (const svg of pictures) expect(svg).to.not.match(/style|script|href="[^#]/);
  });

  it('weigh at most 4 kB, 3 kB on average', () => {
    const sizes = pictures.map((svg) => Buffer.byteLength(svg));
    expect(Math.max(...sizes)).to.be.at.most(4096);
    expect(sizes.reduce((sum, size) => sum + size, 0) / sizes.length).to.be.at.most(3072);
  });

  it('exist for every category', () => {
    const drawn = new Set(categories.map((category) => drawCategoryPicture(category)));
    expect(drawn.size).to.equal(categories.length);
  });

  it('fall back to a plain T-shirt for a kind nobody knows', () => {
    expect(partsOf('kilt:plaid')).to.deep.equal({ cut: 'tshirt', weave: 'plain' });
  });
});

describe('the first catalogue', () => {
  it('has at least 72 articles in at least 8 categories, at least 8 in each', () => {
    expect(catalogue.length).to.be.at.least(72);
    expect(categories.length).to.be.at.least(8);
    for (const { slug } of categories) {
      expect(catalogue.filter((product) => product.category === slug).length, slug).to.be.at.least(8);
    }
  });

  it('names every article once, in both languages', () => {
    for (const key of ['en', 'de'] as const) {
      const names = catalogue.map((product) => product.name[key]);
      expect(new Set(names).size).to.equal(names.length);
      for (const product of catalogue) expect(product.description[key]).to.match(/^\S.{20,}[.]$/);
    }
  });

  it('has slugs that fit URLs and SKUs that are unique', () => {
    const skus = catalogue.flatMap(({ slug, variants }) =>
      variants.map(({ colour, size }) => `${slug}-${colour}-${size}`),
    );
    expect(new Set(skus).size).to.equal(skus.length);
    for (const { slug } of catalogue) expect(slug).to.match(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('uses known colours and sizes, whole cents, and shows sold out, last piece and plenty', () => {
    const colours = new Set<string>(Object.keys(COLOURS) as Colour[]);
    const stocks = new Set<number>();
    for (const { priceCents, variants } of catalogue) {
      expect(priceCents).to.satisfy((cents: number) => Number.isInteger(cents) && cents >= 500);
      for (const { colour, size, stock } of variants) {
        expect(colours.has(colour) && SIZES.includes(size)).to.equal(true);
        stocks.add(stock);
      }
    }
    expect([...stocks]).to.include.members([0, 1, 30]);
  });
});
