// Turns a garment's pieces into one SVG picture: paper, soft shadow, cloth, weave, folds, seams.
// Only presentation attributes are used (no <style>), because the shop's policy forbids inline styles.
import type { Tones } from './colour.ts';

/** One piece of cloth, drawn back to front. */
export interface Piece {
  readonly d: string;
  readonly tone?: keyof Tones;
  /** Also drawn mirrored at the middle: one sleeve makes two. */
  readonly mirrored?: boolean;
  /** No weave on this piece (a sole, a lining). */
  readonly plain?: boolean;
}

export interface Garment {
  readonly pieces: readonly Piece[];
  /** Creases as path data: soft dark strokes, each with a light one beside it. */
  readonly creases?: string;
  /** Seams that lie on top, as path data in the seam colour. */
  readonly seams?: string;
  /** The same, dashed like topstitching. */
  readonly stitches?: string;
  /** Buttons, zips and the like, as finished SVG. */
  readonly trim?: (tones: Tones) => string;
  /** Stands straight instead of lying a degree or two askew (shoes, bags). */
  readonly upright?: boolean;
}

export const width = 320;
export const height = 400;
const mirror = `matrix(-1 0 0 1 ${width} 0)`;

// s: light falling across a piece; f: blur for creases; h: the shadow on the paper.
const definitions = (weave: string): string =>
  `<defs>${weave}<linearGradient id="s"><stop stop-opacity=".24"/><stop offset=".2" stop-opacity=".03"/>` +
  `<stop offset=".4" stop-color="#fff" stop-opacity=".16"/><stop offset=".7" stop-opacity=".02"/>` +
  `<stop offset="1" stop-opacity=".28"/></linearGradient>` +
  `<filter id="f" x="-.2" y="-.2" width="1.4" height="1.4"><feGaussianBlur stdDeviation="2.6"/></filter>` +
  `<filter id="h" x="-.2" y="-.2" width="1.4" height="1.4">` +
  `<feDropShadow dx="3" dy="7" stdDeviation="7" flood-color="#1c1712" flood-opacity=".34"/></filter></defs>`;

function drawPiece(piece: Piece, index: number, tones: Tones, weave: boolean): string {
  const use = (fill: string): string => `<use href="#p${index}" fill="${fill}"/>`;
  const cloth =
    `<g fill="${tones[piece.tone ?? 'main']}"><path id="p${index}" d="${piece.d}"/></g>` +
    (weave && !piece.plain ? use('url(#w)') : '') +
    use('url(#s)');
  if (!piece.mirrored) return cloth;
  return `<g id="g${index}">${cloth}</g><use href="#g${index}" transform="${mirror}"/>`;
}

function clipOf(pieces: readonly Piece[]): string {
  const uses = pieces.map(
    (piece, index) =>
      `<use href="#p${index}"/>` + (piece.mirrored ? `<use href="#p${index}" transform="${mirror}"/>` : ''),
  );
  return `<clipPath id="c">${uses.join('')}</clipPath>`;
}

function drawCreases(garment: Garment): string {
  if (!garment.creases) return '';
  return (
    `${clipOf(garment.pieces)}<g clip-path="url(#c)"><g filter="url(#f)" fill="none" stroke-linecap="round" stroke-width="4.5">` +
    `<g stroke="#120c08" stroke-opacity=".27"><path id="k" d="${garment.creases}"/></g>` +
    `<use href="#k" x="6" y="2" stroke="#fff" stroke-opacity=".2"/></g></g>`
  );
}

function drawLines(garment: Garment, tones: Tones): string {
  const seams = garment.seams ? `<path d="${garment.seams}"/>` : '';
  const stitches = garment.stitches ? `<path d="${garment.stitches}" stroke-dasharray="3 2.2"/>` : '';
  if (!seams && !stitches) return '';
  return `<g fill="none" stroke="${tones.seam}" stroke-width="1.1" stroke-opacity=".75">${seams}${stitches}</g>`;
}

/** A finished picture. `weave` is a <pattern id="w"> or empty; `turn` is in degrees. */
export function drawGarment(
  garment: Garment,
  tones: Tones,
  paper: string,
  weave: string,
  turn: number,
): string {
  const pieces = garment.pieces.map((piece, index) => drawPiece(piece, index, tones, weave !== ''));
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `${definitions(weave)}<path fill="${paper}" d="M0 0h${width}v${height}H0z"/>` +
    `<g transform="rotate(${turn} 160 200) translate(-11 -14) scale(1.07)"><g filter="url(#h)">${pieces.join('')}</g>` +
    `${drawCreases(garment)}${drawLines(garment, tones)}${garment.trim?.(tones) ?? ''}</g></svg>`
  );
}
