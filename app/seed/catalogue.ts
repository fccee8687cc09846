// The whole first catalogue: what `seed` puts into an empty database. Running it again changes nothing, so
// slugs, sizes and first stocks here are facts, not settings.
import type { SeedCategory, SeedProduct } from '../catalog/seed-product.ts';
import { accessories } from './articles/accessories.ts';
import { dresses } from './articles/dresses.ts';
import { jackets } from './articles/jackets.ts';
import { knitwear } from './articles/knitwear.ts';
import { shirts } from './articles/shirts.ts';
import { shoes } from './articles/shoes.ts';
import { sweats } from './articles/sweats.ts';
import { tops } from './articles/tops.ts';
import { trousers } from './articles/trousers.ts';

const category = (
  slug: string,
  en: readonly [string, string],
  de: readonly [string, string],
): SeedCategory => ({
  slug,
  name: { en: en[0], de: de[0] },
  description: { en: en[1], de: de[1] },
});

export const categories: readonly SeedCategory[] = [
  category(
    'tops',
    ['Tops', 'Tees, tanks and long sleeves: the first thing on and the last thing noticed.'],
    ['Oberteile', 'T-Shirts, Tops und Langarmshirts: zuerst angezogen, zuletzt bemerkt.'],
  ),
  category(
    'shirts',
    ['Shirts', 'Collars for every day, from pressed Oxford to flannel that was never ironed.'],
    ['Hemden & Blusen', 'Kragen für jeden Tag, vom gebügelten Oxford bis zum nie gebügelten Flanell.'],
  ),
  category(
    'knitwear',
    ['Knitwear', 'Wool and cotton, knitted close. For the cold and for the look of it.'],
    ['Strick', 'Wolle und Baumwolle, dicht gestrickt. Gegen die Kälte und fürs Auge.'],
  ),
  category(
    'sweats',
    ['Sweats', 'Heavy sweat and joggers, soft where it matters.'],
    ['Sweat', 'Schwerer Sweat und Jogginghosen, weich, wo es darauf ankommt.'],
  ),
  category(
    'jackets',
    ['Jackets & coats', 'Something over it all, from a light blouson to a coat for January.'],
    ['Jacken & Mäntel', 'Etwas für darüber, vom leichten Blouson bis zum Mantel für den Januar.'],
  ),
  category(
    'trousers',
    ['Trousers', 'Jeans, chinos and cords with pockets deep enough for a hand.'],
    ['Hosen', 'Jeans, Chinos und Cord mit Taschen, in die eine Hand passt.'],
  ),
  category(
    'dresses',
    ['Dresses & skirts', 'Things that move when you do.'],
    ['Kleider & Röcke', 'Sachen, die sich bewegen, wenn Sie es tun.'],
  ),
  category(
    'shoes',
    ['Shoes', 'Sneakers, boots and loafers that can be resoled.'],
    ['Schuhe', 'Sneaker, Stiefel und Loafer, die sich neu besohlen lassen.'],
  ),
  category(
    'accessories',
    ['Accessories', 'Hats, scarves, bags, socks: the small things that finish it.'],
    ['Accessoires', 'Mützen, Schals, Taschen, Socken: die kleinen Dinge, die es fertig machen.'],
  ),
];

const shelves = [jackets, knitwear, shoes, dresses, shirts, accessories, trousers, sweats, tops];

/** One of each category in turn: the order is "newest first", and the front page shows its beginning. */
export const catalogue: readonly SeedProduct[] = Array.from(
  { length: Math.max(...shelves.map((shelf) => shelf.length)) },
  (_, turn) => shelves.flatMap((shelf) => shelf.slice(turn, turn + 1)),
).flat();
