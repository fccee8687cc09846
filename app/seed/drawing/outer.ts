// Cuts with an opening down the front: shirts, cardigans, jackets, coats.
import type { Garment } from './cloth.ts';
import type { Tones } from './colour.ts';

const sleeve = 'M100 86C84 95 73 122 65 168C56 220 50 268 45 320L78 326C86 272 94 224 101 176Z';
const cuff = 'M44 316C55 321 67 324 79 324L76 347C64 349 52 347 41 342Z';
const armCreases =
  'M62 214C72 222 82 220 92 208M54 262C64 266 74 260 84 248M258 214C248 222 238 220 228 208M266 262C256 266 246 260 236 248';
const armholes = 'M97 86C94 110 93 134 93 158M223 86C226 110 227 134 227 158';

function buttons(tones: Tones, x: number, ys: readonly number[], r = 3.2): string {
  const circles = ys.map((y) => `<circle cx="${x}" cy="${y}" r="${r}"/>`).join('');
  return `<g fill="${tones.pale}" stroke="${tones.seam}" stroke-width="1.1">${circles}</g>`;
}

export const shirt: Garment = {
  pieces: [
    { d: 'M126 70C140 60 180 60 194 70L186 96H134Z', tone: 'deep', plain: true },
    { d: sleeve, mirrored: true },
    { d: cuff, mirrored: true },
    {
      d: 'M124 72L160 104L196 72L223 86C226 112 227 134 227 154C227 214 229 262 231 308C231 336 216 346 196 340C172 350 148 350 124 340C104 346 89 336 89 308C91 262 93 214 93 154C93 134 94 112 97 86Z',
    },
    { d: 'M152 98H169V347H152Z' },
    { d: 'M126 64C132 78 146 92 160 100C152 106 147 114 142 124C130 110 120 94 115 78Z', mirrored: true },
    { d: 'M112 158H144V192L128 200L112 192Z' },
  ],
  creases: `M101 180C122 206 130 232 126 270M219 166C202 188 194 222 200 256M110 316C126 304 136 290 140 270M212 320C194 308 184 292 180 268${armCreases}`,
  seams: `${armholes}M152 108V346M169 108V346M126 64C132 78 146 92 160 100C174 92 188 78 194 64M142 124C130 110 120 94 115 78M178 124C190 110 200 94 205 78M112 158H144V192L128 200L112 192Z`,
  stitches:
    'M112 166H144M46 320L78 326M274 320L242 326M92 304C92 328 106 338 124 333M228 304C228 328 214 338 196 333',
  trim: (tones) => buttons(tones, 160.5, [122, 164, 206, 248, 290]),
};

export const cardigan: Garment = {
  pieces: [
    { d: 'M126 70C140 60 180 60 194 70L176 168H144Z', tone: 'deep', plain: true },
    { d: sleeve, mirrored: true },
    { d: cuff, tone: 'rib', plain: true, mirrored: true },
    {
      d: 'M124 70L97 86C94 110 93 134 93 154C93 214 90 270 90 326H161V196C144 160 130 120 124 70Z',
      mirrored: true,
    },
    { d: 'M90 322H161V349H92Z', tone: 'rib', plain: true, mirrored: true },
    {
      d: 'M120 68L131 66C136 116 148 156 167 190V349H153V196C138 164 124 122 120 68Z',
      tone: 'rib',
      plain: true,
      mirrored: true,
    },
    { d: 'M104 254H142V304H104Z' },
    { d: 'M178 254H216V304H178Z' },
  ],
  creases: `M101 172C118 190 126 214 122 240M219 172C202 190 196 214 200 240${armCreases}`,
  seams: `${armholes}M104 264H142M178 264H216M104 254V304H142V254M178 254V304H216V254M153 196V349M167 190V349`,
  trim: (tones) => buttons(tones, 160, [206, 238, 270, 302, 334], 3.8),
};

export const jacket: Garment = {
  pieces: [
    { d: 'M122 66C140 56 180 56 198 66L184 100H136Z', tone: 'deep', plain: true },
    { d: sleeve, mirrored: true },
    { d: cuff, tone: 'rib', plain: true, mirrored: true },
    {
      d: 'M122 68L160 104L198 68L225 84C228 112 229 134 229 154C229 214 231 262 231 312H89C89 262 91 214 91 154C91 134 92 112 95 84Z',
    },
    { d: 'M89 308H231L229 340H91Z', tone: 'rib', plain: true },
    { d: 'M120 62C128 80 144 94 160 102C152 110 146 120 141 132C127 116 116 98 110 80Z', mirrored: true },
    { d: 'M104 148H146V186L125 196L104 186Z' },
    { d: 'M174 148H216V186L195 196L174 186Z' },
  ],
  creases: `M101 200C118 220 124 244 120 276M219 196C204 216 198 244 202 276${armCreases}`,
  seams: `${armholes}M160 104V340M104 148V186L125 196L146 186V148ZM174 148V186L195 196L216 186V148ZM120 62C128 80 144 94 160 102C176 94 192 80 200 62`,
  stitches: 'M155 110V306M165 110V306M104 156H146M174 156H216M112 214L120 304M208 214L200 304M93 316H227',
  trim: (tones) => buttons(tones, 160, [124, 160, 196, 232, 268, 324], 3.6),
};

export const puffer: Garment = {
  pieces: [
    {
      d: 'M96 86C78 96 66 122 58 166C50 218 44 268 40 324C52 332 68 334 80 330C90 272 96 224 102 176Z',
      mirrored: true,
    },
    {
      d: 'M118 78C136 92 184 92 202 78L226 86C232 92 232 118 229 124C235 134 234 158 230 164C236 176 235 200 231 206C237 218 236 242 232 248C238 260 236 284 232 290C236 304 234 328 228 338C186 346 134 346 92 338C86 328 84 304 88 290C84 284 82 260 88 248C84 242 83 218 89 206C85 200 84 176 90 164C86 158 85 134 91 124C88 118 88 92 94 86Z',
    },
    { d: 'M120 84C116 72 118 56 124 46C146 38 174 38 196 46C202 56 204 72 200 84C184 96 136 96 120 84Z' },
  ],
  creases:
    'M90 124C120 134 200 134 230 124M90 164C120 174 200 174 230 164M89 206C120 216 200 216 231 206M88 248C120 258 200 258 232 248M88 290C120 300 200 300 232 290M66 150C78 158 90 158 100 152M58 196C72 204 86 204 97 196M52 244C66 252 80 252 91 244M46 290C60 298 74 298 85 290M254 150C242 158 230 158 220 152M262 196C248 204 234 204 223 196M268 244C254 252 240 252 229 244M274 290C260 298 246 298 235 290M122 66C144 74 176 74 198 66',
  seams:
    'M91 124C120 131 200 131 229 124M90 164C120 171 200 171 230 164M89 206C120 213 200 213 231 206M88 248C120 255 200 255 232 248M88 290C120 297 200 297 232 290M120 66C144 72 176 72 200 66M160 50V344',
  trim: (tones) =>
    `<g stroke="${tones.metal}" fill="none"><path d="M160 52V342" stroke-width="3" stroke-dasharray="2 2"/><path d="M160 54v12" stroke-width="4" stroke-linecap="round"/></g>`,
};

const lapelled = (bottom: number): string =>
  `M122 68L97 84C94 110 93 134 93 154C93 214 ${bottom > 350 ? '88 290 84' : '90 270 88'} ${bottom - 8}C110 ${bottom + 2} 140 ${bottom + 3} 166 ${bottom}V196Z`;

export const blazer: Garment = {
  pieces: [
    { d: 'M126 66C140 58 180 58 194 66L176 180H144Z', tone: 'deep', plain: true },
    { d: sleeve, mirrored: true },
    { d: 'M45 318L78 324L76 342C65 344 53 343 42 339Z', mirrored: true },
    { d: lapelled(344), mirrored: true },
    {
      d: 'M124 62C118 74 116 84 114 92L104 118L118 126L112 138L160 206C150 160 140 116 132 70Z',
      mirrored: true,
    },
  ],
  creases: `M101 190C116 210 122 234 118 262M219 190C204 210 198 234 202 262${armCreases}`,
  seams: `${armholes}M160 204C162 250 164 300 158 346M104 118L118 126L112 138M216 118L202 126L208 138M104 262H142V272H104ZM178 262H216V272H178ZM190 166L210 162`,
  trim: (tones) => buttons(tones, 160, [222, 258], 4) + buttons(tones, 66, [330], 2),
};

export const coat: Garment = {
  pieces: [
    { d: 'M126 50C140 42 180 42 194 50L176 150H144Z', tone: 'deep', plain: true },
    { d: 'M100 70C84 78 73 106 65 152C56 204 50 252 46 300L79 306C87 256 95 208 101 160Z', mirrored: true },
    { d: 'M45 288L81 295L78 312C66 313 54 311 43 306Z', mirrored: true },
    {
      d: 'M122 52L97 68C94 94 93 118 93 140C93 220 86 300 80 366C106 374 140 376 172 372V176Z',
      mirrored: true,
    },
    {
      d: 'M124 46C116 60 110 74 106 84L92 110L110 120L102 132L164 190C150 140 140 96 132 54Z',
      mirrored: true,
    },
  ],
  creases:
    'M101 176C116 200 120 234 112 300M219 176C204 200 200 234 208 300M124 366C132 330 134 300 132 270M198 366C190 330 188 300 190 270M62 198C72 206 82 204 92 192M54 246C64 250 74 244 84 232M258 198C248 206 238 204 228 192M266 246C256 250 246 244 236 232',
  seams:
    'M97 70C94 94 93 118 93 142M223 70C226 94 227 118 227 142M172 192V373M92 110L110 120L102 132M228 110L210 120L218 132M98 246L134 240L136 252L99 258ZM222 246L186 240L184 252L221 258Z',
  trim: (tones) => buttons(tones, 142, [204, 240, 276], 4.4) + buttons(tones, 180, [204, 240, 276], 4.4),
};
