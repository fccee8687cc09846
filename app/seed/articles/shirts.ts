// Shirts and blouses in the first catalogue. A slug never changes: it is in URLs and in SKUs of old orders.
import { letters, shelf } from '../stock.ts';

export const shirts = shelf('shirts', [
  {
    slug: 'everyday-oxford',
    picture: 'shirt',
    priceCents: 5900,
    colours: ['white', 'blue', 'rose'],
    sizes: letters,
    en: [
      'Everyday Oxford',
      'A button-down in sturdy Oxford cloth. Iron it or do not: it looks right both ways.',
    ],
    de: [
      'Oxfordhemd für jeden Tag',
      'Button-down aus kräftigem Oxford. Gebügelt oder nicht: Es sieht beide Male richtig aus.',
    ],
  },
  {
    slug: 'office-pinstripe',
    picture: 'shirt:pinstripe',
    priceCents: 6400,
    colours: ['white', 'blue'],
    sizes: letters,
    en: ['Pinstripe shirt', 'Fine stripes, a firm collar and cuffs that fit under a sleeve.'],
    de: [
      'Hemd mit Nadelstreifen',
      'Feine Streifen, ein fester Kragen und Manschetten, die unter den Ärmel passen.',
    ],
  },
  {
    slug: 'cabin-flannel',
    picture: 'shirt:tartan',
    priceCents: 6900,
    colours: ['red', 'green', 'navy'],
    sizes: letters,
    en: [
      'Cabin flannel',
      'Brushed on both sides, checked in three colours, warm before you notice it is cold.',
    ],
    de: [
      'Flanellhemd Hütte',
      'Auf beiden Seiten aufgeraut, in drei Farben kariert und warm, bevor man merkt, dass es kalt ist.',
    ],
  },
  {
    slug: 'garden-gingham',
    picture: 'shirt:check',
    priceCents: 5900,
    colours: ['blue', 'red', 'green'],
    sizes: letters,
    en: ['Gingham shirt', 'Light poplin in small checks with a soft collar for days without a tie.'],
    de: ['Vichyhemd', 'Leichter Popeline in kleinen Karos mit weichem Kragen für Tage ohne Krawatte.'],
  },
  {
    slug: 'denim-shirt',
    picture: 'shirt:denim',
    priceCents: 7400,
    colours: ['blue', 'navy', 'black'],
    sizes: letters,
    en: ['Denim shirt', 'Six-ounce denim, two chest pockets, and a colour that ages with you.'],
    de: ['Jeanshemd', 'Leichter Denim, zwei Brusttaschen und eine Farbe, die mit Ihnen altert.'],
  },
  {
    slug: 'linen-shirt',
    picture: 'shirt',
    priceCents: 7900,
    colours: ['sand', 'white', 'olive'],
    sizes: letters,
    en: ['Linen shirt', 'Pure linen with a slightly wide body. Creases are part of the pattern.'],
    de: ['Leinenhemd', 'Reines Leinen mit etwas weiterem Schnitt. Falten gehören zum Muster.'],
  },
  {
    slug: 'cord-overshirt',
    picture: 'shirt:cord',
    priceCents: 8900,
    colours: ['brown', 'mustard', 'olive'],
    sizes: letters,
    en: ['Cord overshirt', 'Fine corduroy, heavy enough to be your jacket in October.'],
    de: ['Hemdjacke aus Cord', 'Feiner Cord, schwer genug, um im Oktober Ihre Jacke zu sein.'],
  },
  {
    slug: 'meadow-blouse',
    picture: 'shirt:floral',
    priceCents: 6700,
    colours: ['navy', 'rose', 'green'],
    sizes: letters,
    en: ['Meadow blouse', 'Scattered flowers on a flowing viscose that does not cling.'],
    de: ['Bluse Wiese', 'Streublumen auf fließender Viskose, die nicht klebt.'],
  },
]);
