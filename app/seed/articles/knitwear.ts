// Knitwear in the first catalogue. A slug never changes: it is in URLs and in SKUs of old orders.
import { letters, shelf } from '../stock.ts';

export const knitwear = shelf('knitwear', [
  {
    slug: 'lambswool-crew',
    picture: 'sweater:knit',
    priceCents: 8900,
    colours: ['navy', 'grey', 'green', 'mustard'],
    sizes: letters,
    en: [
      'Lambswool crew',
      'Spun in one place, knitted in another, worn everywhere. Ribbed cuffs that stay up.',
    ],
    de: [
      'Pullover aus Lammwolle',
      'An einem Ort gesponnen, am anderen gestrickt, überall getragen. Rippbündchen, die oben bleiben.',
    ],
  },
  {
    slug: 'fisher-cable',
    picture: 'sweater:cable',
    priceCents: 11900,
    colours: ['white', 'navy', 'olive'],
    sizes: letters,
    en: ['Fisher cable sweater', 'Thick cables in raw wool that shrugs off a shower.'],
    de: ['Zopfpullover Fischer', 'Dicke Zöpfe aus roher Wolle, an der ein Schauer abperlt.'],
  },
  {
    slug: 'fairisle-sweater',
    picture: 'sweater:fairisle',
    priceCents: 12900,
    colours: ['grey', 'navy', 'red'],
    sizes: letters,
    en: ['Fair Isle sweater', 'Bands of pattern from a northern island, in wool that does not scratch.'],
    de: ['Norwegerpullover', 'Musterbänder von einer nördlichen Insel, aus Wolle, die nicht kratzt.'],
  },
  {
    slug: 'merino-roll-neck',
    picture: 'turtleneck:rib',
    priceCents: 9900,
    colours: ['black', 'grey', 'rose', 'mustard'],
    sizes: letters,
    en: ['Merino roll neck', 'Fine merino with a tall collar. Warm like a coat, thin like a shirt.'],
    de: ['Rollkragen aus Merino', 'Feines Merino mit hohem Kragen. Warm wie ein Mantel, dünn wie ein Hemd.'],
  },
  {
    slug: 'reading-cardigan',
    picture: 'cardigan:knit',
    priceCents: 9900,
    colours: ['grey', 'navy', 'brown'],
    sizes: letters,
    en: ['Reading cardigan', 'Deep pockets for a paperback, five horn buttons, elbows made to lean on.'],
    de: [
      'Strickjacke Lesesessel',
      'Tiefe Taschen für ein Taschenbuch, fünf Hornknöpfe und Ellbogen zum Aufstützen.',
    ],
  },
  {
    slug: 'breton-knit',
    picture: 'sweater:stripes',
    priceCents: 8400,
    colours: ['white', 'navy'],
    sizes: letters,
    en: ['Breton knit', 'Boat stripes in heavy cotton knit for evenings on the pier.'],
    de: ['Bretonischer Strick', 'Bootsstreifen aus schwerem Baumwollstrick für Abende am Steg.'],
  },
  {
    slug: 'long-cardigan',
    picture: 'cardigan:rib',
    priceCents: 10900,
    colours: ['sand', 'black', 'rose'],
    sizes: letters,
    en: ['Ribbed cardigan', 'A soft rib that falls straight and buttons only if you want it to.'],
    de: [
      'Gerippte Strickjacke',
      'Eine weiche Rippe, die gerade fällt und nur zugeknöpft wird, wenn Sie wollen.',
    ],
  },
  {
    slug: 'winter-roll-neck',
    picture: 'turtleneck:cable',
    priceCents: 12400,
    colours: ['white', 'green'],
    sizes: letters,
    en: ['Cable roll neck', 'All the cables of the fisher sweater and a collar up to your ears.'],
    de: ['Zopfrolli', 'Alle Zöpfe des Fischerpullovers und ein Kragen bis zu den Ohren.'],
  },
]);
