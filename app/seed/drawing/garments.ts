// Which cut is drawn by what.
import type { Cut } from '../picture-kinds.ts';
import { backpack, bag, beanie, belt, gloves, hat, scarf } from './accessories.ts';
import { dress, jeans, joggers, pleats, shorts, skirt, slipdress, trousers } from './bottoms.ts';
import type { Garment } from './cloth.ts';
import { blazer, cardigan, coat, jacket, puffer, shirt } from './outer.ts';
import { boot, loafer, shoe, socks } from './shoes.ts';
import { hoodie, longsleeve, polo, sweater, sweatshirt, tank, tshirt, turtleneck } from './tops.ts';

const garments: Readonly<Record<Cut, Garment>> = {
  tshirt,
  longsleeve,
  tank,
  polo,
  shirt,
  sweater,
  turtleneck,
  cardigan,
  hoodie,
  sweatshirt,
  jacket,
  puffer,
  blazer,
  coat,
  trousers,
  jeans,
  joggers,
  shorts,
  skirt,
  pleats,
  dress,
  slipdress,
  shoe,
  boot,
  loafer,
  hat,
  beanie,
  scarf,
  bag,
  backpack,
  belt,
  gloves,
  socks,
};

export function garmentOf(cut: Cut): Garment {
  return garments[cut];
}
