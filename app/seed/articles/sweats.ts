// Sweats and joggers in the first catalogue. A slug never changes: it is in URLs and in SKUs of old orders.
import { letters, shelf } from '../stock.ts';

export const sweats = shelf('sweats', [
  {
    slug: 'loopback-hoodie',
    picture: 'hoodie',
    priceCents: 6900,
    colours: ['grey', 'black', 'navy', 'green'],
    sizes: letters,
    en: ['Loopback hoodie', 'Heavy loopback cotton, a lined hood and a pocket for both hands.'],
    de: [
      'Hoodie aus schwerem Sweat',
      'Schwere Baumwolle mit Schlingen innen, gefütterte Kapuze und eine Tasche für beide Hände.',
    ],
  },
  {
    slug: 'washed-hoodie',
    picture: 'hoodie',
    priceCents: 7400,
    colours: ['rose', 'sand', 'mustard'],
    sizes: letters,
    en: ['Washed hoodie', 'Dyed after sewing and washed twice, so the seams are a shade lighter.'],
    de: [
      'Gewaschener Hoodie',
      'Nach dem Nähen gefärbt und zweimal gewaschen, darum sind die Nähte einen Ton heller.',
    ],
  },
  {
    slug: 'gym-sweatshirt',
    picture: 'sweatshirt',
    priceCents: 5400,
    colours: ['grey', 'navy', 'red'],
    sizes: letters,
    en: [
      'Gym sweatshirt',
      'Raglan in spirit, ribbed at every edge, ready to be borrowed by someone you like.',
    ],
    de: [
      'Sweatshirt Turnhalle',
      'An jeder Kante gerippt und bereit, von jemandem ausgeliehen zu werden, den man mag.',
    ],
  },
  {
    slug: 'colour-sweatshirt',
    picture: 'sweatshirt',
    priceCents: 5600,
    colours: ['blue', 'green', 'mustard', 'rose'],
    sizes: letters,
    en: ['Bright sweatshirt', 'The same good sweat in colours for grey mornings.'],
    de: ['Buntes Sweatshirt', 'Derselbe gute Sweat in Farben für graue Morgen.'],
  },
  {
    slug: 'sunday-joggers',
    picture: 'joggers',
    priceCents: 5900,
    colours: ['grey', 'black', 'navy'],
    sizes: letters,
    en: ['Sunday joggers', 'Tapered, with real pockets and a cord that does not vanish in the wash.'],
    de: [
      'Jogginghose Sonntag',
      'Schmal zulaufend, mit richtigen Taschen und einem Band, das in der Wäsche nicht verschwindet.',
    ],
  },
  {
    slug: 'sweat-shorts',
    picture: 'shorts',
    priceCents: 3900,
    colours: ['grey', 'navy', 'olive'],
    sizes: letters,
    en: ['Sweat shorts', 'Cut above the knee from the leftovers of the hoodie. Nothing wasted.'],
    de: [
      'Sweatshorts',
      'Überm Knie geschnitten aus dem, was vom Hoodie übrig bleibt. Nichts wird verschwendet.',
    ],
  },
  {
    slug: 'half-striped-sweatshirt',
    picture: 'sweatshirt:stripes',
    priceCents: 6200,
    colours: ['white', 'navy'],
    sizes: letters,
    en: ['Striped sweatshirt', 'Wide stripes on soft sweat: the sailor goes to the gym.'],
    de: ['Gestreiftes Sweatshirt', 'Breite Streifen auf weichem Sweat: Der Matrose geht zum Sport.'],
  },
  {
    slug: 'travel-joggers',
    picture: 'joggers:rib',
    priceCents: 6900,
    colours: ['black', 'sand', 'olive'],
    sizes: letters,
    en: ['Travel joggers', 'Ribbed knit joggers that survive nine hours in a seat.'],
    de: ['Reisehose aus Rippstrick', 'Gerippte Strickhose, die neun Stunden Sitzen übersteht.'],
  },
]);
