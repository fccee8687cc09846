// Colour arithmetic for the drawn pictures: everything a garment needs is derived from its one sale colour,
// so that a swatch, a picture and a stored hex value can never disagree.

export interface Tones {
  readonly main: string;
  /** A shade for insides, cuffs and soles. */
  readonly deep: string;
  /** A tint for linings and edges that catch the light. */
  readonly pale: string;
  /** Seam and stitch colour: readable on `main` whether that is light or dark. */
  readonly seam: string;
  readonly accent: string;
  /** Ribbed edges of knitted pieces: a touch darker than the rest. */
  readonly rib: string;
  /** Soles and the like. */
  readonly sole: string;
  readonly gum: string;
  readonly metal: string;
}

const channels = (hex: string): readonly number[] =>
  [1, 3, 5].map((start) => Number.parseInt(hex.slice(start, start + 2), 16));

/** `share` of `other` (0..1) mixed into `hex`; both are #rrggbb. */
export function mix(hex: string, other: string, share: number): string {
  const target = channels(other);
  const mixed = channels(hex).map((value, index) => {
    const blended = value + ((target[index] ?? 0) - value) * share;
    return Math.round(blended).toString(16).padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}

/** Perceived lightness 0 (black) to 1 (white); good enough to choose a backdrop. */
export function lightness(hex: string): number {
  const [red = 0, green = 0, blue = 0] = channels(hex);
  return (red * 0.299 + green * 0.587 + blue * 0.114) / 255;
}

/** The second colour of a print: navy on pale cloth, a dark shade on bright cloth, chalk on dark cloth. */
function accentOn(colour: string): string {
  const light = lightness(colour);
  if (light > 0.8) return '#2e3f68';
  return light > 0.5 ? mix(colour, '#2a1a1c', 0.62) : '#ece6da';
}

export function tonesOf(colour: string, accent?: string): Tones {
  const light = lightness(colour) > 0.35;
  return {
    main: colour,
    deep: light ? mix(colour, '#1b1410', 0.3) : mix(colour, '#000000', 0.42),
    pale: mix(colour, '#ffffff', light ? 0.4 : 0.16),
    seam: light ? mix(colour, '#1b1410', 0.45) : mix(colour, '#ffffff', 0.32),
    rib: mix(colour, '#1b1410', 0.12),
    sole: light && lightness(colour) > 0.7 ? '#d9c7a8' : '#eeebe3',
    gum: light ? '#6d5138' : '#3a3029',
    accent: accent ?? accentOn(colour),
    metal: '#c9c6bd',
  };
}

const palePapers = ['#e9e6df', '#dfe6e4', '#e6e1ea', '#ece2da', '#e2e7db', '#dde4ec'] as const;
const deepPapers = ['#8fa3b3', '#a9a18f', '#93a592', '#b39c94', '#9c97ab'] as const;

/** The sheet of paper a garment lies on: deep under pale cloth, pale under everything else. */
export function paperUnder(colour: string, seed: number): string {
  const papers = lightness(colour) > 0.8 ? deepPapers : palePapers;
  return papers[seed % papers.length] ?? palePapers[0];
}
