// T-shirts and tops in the first catalogue. A slug never changes: it is in URLs and in SKUs of old orders.
import { letters, shelf } from '../stock.ts';

export const tops = shelf('tops', [
  {
    slug: 'heavy-tee',
    picture: 'tshirt',
    priceCents: 2900,
    colours: ['white', 'black', 'grey', 'navy', 'olive'],
    sizes: letters,
    en: [
      'Heavy tee',
      'A thick cotton jersey that keeps its shape and shows nothing it should not. Straight cut, ribbed collar.',
    ],
    de: [
      'Schwerer T-Shirt-Klassiker',
      'Dicker Baumwolljersey, der in Form bleibt und nichts durchscheinen lässt. Gerader Schnitt, gerippter Kragen.',
    ],
  },
  {
    slug: 'harbour-stripe-tee',
    picture: 'tshirt:stripes',
    priceCents: 3400,
    colours: ['white', 'navy', 'rose'],
    sizes: letters,
    en: [
      'Harbour stripe tee',
      'Knitted stripes, not printed ones: they go all the way round and never fade at the seam.',
    ],
    de: [
      'Ringelshirt Hafen',
      'Gestrickte Streifen, keine gedruckten: Sie laufen rundherum und verblassen nicht an der Naht.',
    ],
  },
  {
    slug: 'fine-rib-tank',
    picture: 'tank:rib',
    priceCents: 1900,
    colours: ['white', 'black', 'sand', 'olive'],
    sizes: letters,
    en: [
      'Fine rib tank',
      'A soft ribbed tank with wide straps, good alone in August and under everything else all year.',
    ],
    de: [
      'Geripptes Tanktop',
      'Weiches Ripptop mit breiten Trägern: im August allein, das ganze Jahr unter allem anderen.',
    ],
  },
  {
    slug: 'market-long-sleeve',
    picture: 'longsleeve',
    priceCents: 3900,
    colours: ['white', 'black', 'navy', 'mustard'],
    sizes: letters,
    en: [
      'Market long sleeve',
      'Long sleeves in washed jersey. Soft on the first day, softer every time you wash it.',
    ],
    de: [
      'Langarmshirt Markt',
      'Lange Ärmel aus gewaschenem Jersey. Am ersten Tag weich, mit jeder Wäsche weicher.',
    ],
  },
  {
    slug: 'sailor-long-sleeve',
    picture: 'longsleeve:stripes',
    priceCents: 4400,
    colours: ['white', 'blue'],
    sizes: letters,
    en: [
      'Sailor long sleeve',
      'The classic boat stripe with dropped shoulders and a hem that stays tucked or untucked.',
    ],
    de: [
      'Matrosenshirt',
      'Der klassische Bootsstreifen mit überschnittener Schulter und einem Saum, der drin wie draußen sitzt.',
    ],
  },
  {
    slug: 'pique-polo',
    picture: 'polo',
    priceCents: 4500,
    colours: ['navy', 'green', 'white', 'red'],
    sizes: letters,
    en: ['Piqué polo', 'Airy piqué, a collar that stays down and two mother-of-pearl buttons.'],
    de: ['Polohemd aus Piqué', 'Luftiges Piqué, ein Kragen, der liegen bleibt, und zwei Perlmuttknöpfe.'],
  },
  {
    slug: 'dotted-tee',
    picture: 'tshirt:dots',
    priceCents: 3200,
    colours: ['navy', 'rose', 'black'],
    sizes: letters,
    en: ['Dotted tee', 'Small dots on light jersey. Cheerful without shouting.'],
    de: ['Getupftes T-Shirt', 'Kleine Tupfen auf leichtem Jersey. Fröhlich, ohne laut zu sein.'],
  },
  {
    slug: 'summer-tank',
    picture: 'tank:stripes',
    priceCents: 2200,
    colours: ['blue', 'red', 'sand'],
    sizes: letters,
    en: ['Summer stripe tank', 'A breezy striped tank with a deep armhole, made for bicycles and balconies.'],
    de: [
      'Streifentop Sommer',
      'Ein luftiges Streifentop mit tiefem Armausschnitt, gemacht für Fahrräder und Balkone.',
    ],
  },
  {
    slug: 'tall-collar-top',
    picture: 'turtleneck:rib',
    priceCents: 4200,
    colours: ['black', 'sand', 'olive'],
    sizes: letters,
    en: [
      'Tall collar top',
      'A thin ribbed roll neck that disappears under a jacket and looks finished without one.',
    ],
    de: [
      'Rolli aus feiner Rippe',
      'Ein dünner gerippter Rollkragen, der unter der Jacke verschwindet und ohne sie fertig aussieht.',
    ],
  },
]);
