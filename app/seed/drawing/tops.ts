// Cuts of everything pulled over the head.
import type { Garment } from './cloth.ts';

const neckBack = 'M126 74C138 66 182 66 194 74C186 92 134 92 126 74Z';
const neckband = 'M126 74C132 110 188 110 194 74L201 76C194 121 126 121 119 76Z';
const bodice =
  'M123 74C132 112 188 112 197 74L222 86C225 112 226 134 226 150C226 214 229 280 231 340C188 350 132 350 89 340C91 280 94 214 94 150C94 134 95 112 98 86Z';
const shortSleeve = 'M100 85C80 93 62 116 40 156C54 169 71 177 88 180C93 164 96 152 98 142Z';
const longSleeve = 'M100 85C84 94 73 122 65 168C56 220 50 268 46 318L77 324C85 272 93 224 100 176Z';
const cuff = 'M45 312C56 316 67 319 78.5 319L76 344C65 347 53 345 43 341Z';
const bodyCreases =
  'M100 160C124 182 134 212 130 262M220 164C202 186 196 222 202 252M112 318C130 308 142 294 148 272M212 324C192 312 180 294 176 268';
const armCreases =
  'M62 214C72 222 82 220 92 208M54 262C64 266 74 260 84 248M258 214C248 222 238 220 228 208M266 262C256 266 246 260 236 248';
const armholes = 'M98 86C95 108 94 132 94 156M222 86C225 108 226 132 226 156';
const hem = 'M90 331C132 341 188 341 230 331';

export const tshirt: Garment = {
  pieces: [
    { d: neckBack, tone: 'deep', plain: true },
    { d: shortSleeve, mirrored: true },
    { d: bodice },
    { d: neckband, plain: true },
  ],
  creases: `${bodyCreases}M58 158C72 152 84 144 93 132M262 158C248 152 236 144 227 132`,
  seams: `${armholes}M119 76C126 121 194 121 201 76`,
  stitches: `${hem}M45 149C58 161 74 169 90 172M275 149C262 161 246 169 230 172`,
};

export const longsleeve: Garment = {
  pieces: [
    { d: neckBack, tone: 'deep', plain: true },
    {
      d: 'M100 85C84 94 73 122 65 168C56 220 50 276 44 338C54 343 66 344 76 342C85 282 93 226 100 176Z',
      mirrored: true,
    },
    { d: bodice },
    { d: neckband, plain: true },
  ],
  creases: bodyCreases + armCreases,
  seams: `${armholes}M119 76C126 121 194 121 201 76`,
  stitches: `${hem}M45 330C55 335 66 336 77 334M275 330C265 335 254 336 243 334`,
};

export const tank: Garment = {
  pieces: [
    { d: 'M124 70C140 84 180 84 196 70L200 110C180 122 140 122 120 110Z', tone: 'deep', plain: true },
    {
      d: 'M106 56C112 52 122 52 128 56C130 118 190 118 192 56C198 52 208 52 214 56C213 104 217 130 232 148C228 214 232 280 234 340C190 350 130 350 86 340C88 280 92 214 88 148C103 130 107 104 106 56Z',
    },
  ],
  creases:
    'M98 170C124 188 134 214 130 262M222 172C202 190 194 222 198 256M108 322C130 308 142 292 148 268M214 326C194 312 180 292 178 266M132 130C150 142 170 142 188 130',
  stitches:
    'M88 331C132 341 188 341 232 331M133 58C135 124 185 124 187 58M101 58C102 106 98 130 88 143M219 58C218 106 222 130 232 143',
};

export const polo: Garment = {
  pieces: [
    { d: 'M128 70C140 62 180 62 192 70L186 90L134 90Z', tone: 'deep', plain: true },
    { d: shortSleeve, mirrored: true },
    {
      d: 'M38 152C53 166 71 175 89 178L87 187C67 184 49 175 34 160Z',
      mirrored: true,
      tone: 'deep',
      plain: true,
    },
    {
      d: 'M126 72C140 90 180 90 194 72L222 86C225 112 226 134 226 150C226 214 229 280 231 340C188 350 132 350 89 340C91 280 94 214 94 150C94 134 95 112 98 86Z',
    },
    { d: 'M150 86H171V158H150Z', plain: true },
    {
      d: 'M127 66C134 78 146 86 160 90C152 98 146 106 141 114C130 102 122 90 118 76Z',
      tone: 'deep',
      plain: true,
      mirrored: true,
    },
  ],
  creases: `${bodyCreases}M58 158C72 152 84 144 93 132M262 158C248 152 236 144 227 132`,
  seams: `${armholes}M150 92V158H171V92`,
  stitches: hem,
  trim: (tones) =>
    `<g fill="${tones.pale}" stroke="${tones.seam}"><circle cx="160.5" cy="116" r="3"/><circle cx="160.5" cy="140" r="3"/></g>`,
};

const knitBody =
  'M121 74C132 112 188 112 199 74L224 85C227 110 228 132 228 152C228 214 231 270 231 324L89 324C89 270 92 214 92 152C92 132 93 110 96 85Z';
const welt = 'M90 320C136 326 184 326 230 320L227 347C186 353 134 353 93 347Z';
const knitArmholes = 'M96 85C93 110 92 134 92 158M224 85C227 110 228 134 228 158';

export const sweater: Garment = {
  pieces: [
    { d: 'M121 73C136 63 184 63 199 73C188 96 132 96 121 73Z', tone: 'deep', plain: true },
    { d: longSleeve, mirrored: true },
    { d: cuff, tone: 'rib', plain: true, mirrored: true },
    { d: knitBody },
    { d: welt, tone: 'rib', plain: true },
    { d: 'M121 73C130 110 190 110 199 73L209 78C198 127 122 127 111 78Z', tone: 'rib', plain: true },
  ],
  creases: bodyCreases + armCreases,
  seams: `${knitArmholes}M111 78C122 127 198 127 209 78M90 320C136 326 184 326 230 320M46 313L78 319M274 313L242 319`,
  trim: ribs,
};

/** The fine lines of a ribbed welt, the same on every knitted piece. */
function ribs(tones: { readonly deep: string }): string {
  return `<g fill="none" stroke="${tones.deep}" stroke-opacity=".45"><path d="M91 335C136 341 184 341 229 335" stroke-width="22" stroke-dasharray="1.4 4"/><path d="M45 328L77 333M275 328L243 333" stroke-width="21" stroke-dasharray="1.4 3.6"/></g>`;
}

export const sweatshirt: Garment = {
  ...sweater,
  stitches: 'M150 122L160 140L170 122M92 314C136 320 184 320 228 314',
};

export const turtleneck: Garment = {
  pieces: [
    { d: longSleeve, mirrored: true },
    { d: cuff, tone: 'rib', plain: true, mirrored: true },
    {
      d: 'M118 78C136 96 184 96 202 78L224 85C227 110 228 132 228 152C228 214 231 270 231 324L89 324C89 270 92 214 92 152C92 132 93 110 96 85Z',
    },
    { d: welt, tone: 'rib', plain: true },
    { d: 'M122 88C122 74 125 62 127 48C146 41 174 41 193 48C195 62 198 74 198 88C186 103 134 103 122 88Z' },
    {
      d: 'M123 82C138 94 182 94 197 82C197 70 195 60 193 48C174 55 146 55 127 48C125 60 123 70 123 82Z',
      tone: 'rib',
    },
  ],
  creases: `${bodyCreases + armCreases}M132 62C136 74 140 80 148 84M188 60C184 74 180 80 172 84`,
  seams: `${knitArmholes}M127 48C146 55 174 55 193 48M90 320C136 326 184 326 230 320M46 313L78 319M274 313L242 319`,
  trim: ribs,
};

export const hoodie: Garment = {
  pieces: [
    { d: longSleeve, mirrored: true },
    { d: cuff, tone: 'rib', plain: true, mirrored: true },
    {
      d: 'M112 84C124 76 196 76 208 84L224 90C228 116 229 136 229 156C229 216 231 270 232 324L88 324C89 270 91 216 91 156C91 136 92 116 96 90Z',
    },
    { d: welt, tone: 'rib', plain: true },
    { d: 'M102 96C98 64 120 38 160 38C200 38 222 64 218 96C206 120 186 132 160 140C134 132 114 120 102 96Z' },
    {
      d: 'M120 92C119 70 136 56 160 56C184 56 201 70 200 92C192 110 176 121 160 127C144 121 128 110 120 92Z',
      tone: 'deep',
      plain: true,
    },
    { d: 'M113 244C126 238 194 238 207 244L225 300C184 307 136 307 95 300Z' },
  ],
  creases: `M102 168C120 184 126 206 122 234M218 170C204 186 198 206 200 232${armCreases}M114 66C124 54 140 47 156 46M132 100C142 112 150 116 158 118M128 270C150 262 170 262 190 272`,
  seams: 'M113 244L95 300M207 244L225 300M160 127V140M90 320C136 326 184 326 230 320',
  stitches: 'M117 246L100 300M203 246L220 300M112 93C111 66 130 50 160 50C190 50 209 66 208 93',
  trim: (tones) =>
    `${ribs(tones)}<g fill="none" stroke="${tones.pale}" stroke-width="3.4" stroke-linecap="round"><path d="M143 120C138 146 143 166 140 194"/><path d="M177 120C183 146 177 164 181 186"/></g>`,
};
