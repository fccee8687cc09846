// What can be drawn: a cut, or a cut in a weave ("tshirt:stripes"). One plain string, so that the database and
// the seed data can hold it as text.

export const cuts = [
  'tshirt',
  'longsleeve',
  'tank',
  'polo',
  'shirt',
  'sweater',
  'turtleneck',
  'cardigan',
  'hoodie',
  'sweatshirt',
  'jacket',
  'puffer',
  'blazer',
  'coat',
  'trousers',
  'jeans',
  'joggers',
  'shorts',
  'skirt',
  'pleats',
  'dress',
  'slipdress',
  'shoe',
  'boot',
  'loafer',
  'hat',
  'beanie',
  'scarf',
  'bag',
  'backpack',
  'belt',
  'gloves',
  'socks',
] as const;
export type Cut = (typeof cuts)[number];

export const weaves = [
  'plain',
  'stripes',
  'pinstripe',
  'check',
  'tartan',
  'dots',
  'rib',
  'knit',
  'cable',
  'denim',
  'cord',
  'floral',
  'herringbone',
  'fairisle',
] as const;
export type Weave = (typeof weaves)[number];

export type PictureKind = Cut | `${Cut}:${Weave}`;

/** A cut the shop does not know is drawn as a T-shirt: a wrong picture beats a page that fails. */
export function partsOf(kind: string): { cut: Cut; weave: Weave } {
  const [cut, weave] = kind.split(':');
  return {
    cut: cuts.find((known) => known === cut) ?? 'tshirt',
    weave: weaves.find((known) => known === weave) ?? 'plain',
  };
}
