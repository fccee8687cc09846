// The weaves and prints cloth can have, each one small SVG <pattern id="w">.
import type { Weave } from '../picture-kinds.ts';
import { mix, type Tones } from './colour.ts';

const pattern = (wide: number, high: number, content: string, transform = ''): string =>
  `<pattern id="w" width="${wide}" height="${high}" patternUnits="userSpaceOnUse"` +
  `${transform ? ` patternTransform="${transform}"` : ''}>${content}</pattern>`;

const path = (d: string, stroke: string, strokeWidth: number, opacity = 1): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${strokeWidth}"` +
  `${opacity < 1 ? ` stroke-opacity="${opacity}"` : ''}/>`;

const band = (d: string, fill: string, opacity = 1): string =>
  `<path d="${d}" fill="${fill}"${opacity < 1 ? ` fill-opacity="${opacity}"` : ''}/>`;

const draw: Readonly<Record<Weave, (tones: Tones) => string>> = {
  plain: () => '',
  stripes: (tones) => pattern(20, 17, band('M0 6h20v6H0z', tones.accent)),
  pinstripe: (tones) => pattern(9, 9, path('M4.5 0v9', tones.accent, 1.3, 0.8)),
  check: (tones) =>
    pattern(22, 22, band('M0 0h11v22H0z', tones.accent, 0.42) + band('M0 0h22v11H0z', tones.accent, 0.42)),
  tartan: (tones) =>
    pattern(
      46,
      46,
      band('M0 0h17v46H0zM0 0h46v17H0z', tones.deep, 0.55) +
        path('M31 0v46M0 31h46', tones.accent, 3, 0.75) +
        path('M8.5 0v46M0 8.5h46', tones.pale, 1.5, 0.7),
    ),
  dots: (tones) =>
    pattern(
      22,
      22,
      `<g fill="${tones.accent}"><circle cx="5" cy="5" r="2.6"/><circle cx="16" cy="16" r="2.6"/></g>`,
    ),
  rib: (tones) => pattern(6, 8, path('M1 0v8', tones.deep, 1.6, 0.4) + path('M4 0v8', tones.pale, 1.4, 0.35)),
  knit: (tones) =>
    pattern(
      7,
      6,
      path('M0 1l3.5 3.5L7 1', tones.deep, 1.3, 0.42) + path('M0 3.6L3.5 7 7 3.6', tones.pale, 1, 0.3),
    ),
  cable: (tones) =>
    pattern(
      34,
      30,
      path('M2 0v30M32 0v30', tones.deep, 1.8, 0.5) +
        path('M10 0c0 15 14 15 14 30M24 0c0 6-3 10-6 13M10 30c0-6 3-10 6-13', tones.deep, 3, 0.42) +
        path('M13 0c0 15 14 15 14 30', tones.pale, 1.4, 0.5),
    ),
  denim: (tones) =>
    pattern(4, 4, path('M-1 5L5-1M-1 1l2-2M3 5l2-2', mix(tones.main, '#ffffff', 0.55), 0.7, 0.38)),
  cord: (tones) =>
    pattern(5, 8, path('M1 0v8', tones.deep, 1.7, 0.55) + path('M3.4 0v8', tones.pale, 1.2, 0.4)),
  floral: (tones) =>
    pattern(
      42,
      42,
      `<g fill="${tones.accent}"><path id="o" d="M10 10c-7-7 7-9 3-1 7-4 8 7 0 5 5 6-7 7-5 0-7 4-9-6 2-4z"/>` +
        `<use href="#o" x="20" y="20"/></g>` +
        path('M32 8q5 4 1 9M6 31q4-5 9-2', tones.pale, 2, 0.8),
    ),
  herringbone: (tones) =>
    pattern(16, 8, path('M0 0l8 8M0 4l4 4M4 0l4 4M8 8l8-8M12 8l4-4M8 4l4-4', tones.deep, 1.4, 0.5)),
  fairisle: (tones) =>
    pattern(
      24,
      74,
      `<g fill="${tones.accent}"><path d="M12 8l6 8-6 8-6-8zM0 14l2 2-2 2zM24 14l-2 2 2 2z"/>` +
        `<path d="M0 34h4v4H0zM8 34h4v4H8zM16 34h4v4h-4zM4 38h4v4H4zM12 38h4v4h-4zM20 38h4v4h-4z"/></g>` +
        path('M0 58l6-6 6 6 6-6 6 6', tones.pale, 2.4, 0.9),
    ),
};

export function drawWeave(weave: Weave, tones: Tones): string {
  return draw[weave](tones);
}
