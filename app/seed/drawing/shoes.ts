// Shoes and socks, as pairs.
import type { Garment, Piece } from './cloth.ts';

/** Path data (absolute commands only) moved by (dx, dy). */
function moved(d: string, dx: number, dy: number): string {
  let command = 'M';
  let isX = true;
  return d.replaceAll(/[A-Z]|-?\d+(?:\.\d+)?/g, (token) => {
    if (/[A-Z]/.test(token)) {
      command = token;
      isX = token !== 'V';
      return token;
    }
    const value = Number(token) + (isX ? dx : dy);
    if (command !== 'H' && command !== 'V') isX = !isX;
    return String(Math.round(value * 10) / 10);
  });
}

// The second shoe of a pair lies a little above and behind the first.
const paired = (pieces: readonly Piece[]): readonly Piece[] => [
  ...pieces.map((piece) => ({ ...piece, d: moved(piece.d, 16, -128) })),
  ...pieces,
];
const twice = (d: string): string => moved(d, 16, -128) + d;
const trimTwice = (trim: string): string => `<g transform="translate(16 -128)">${trim}</g>${trim}`;

export const shoe: Garment = {
  upright: true,
  pieces: paired([
    { d: 'M42 268L90 236L102 216L122 224L142 232L150 252L84 280Z', tone: 'deep', plain: true },
    {
      d: 'M36 306C30 282 36 256 46 238C60 252 86 252 100 224L104 212L126 222C146 256 186 268 232 274C262 278 276 288 278 306Z',
    },
    { d: 'M206 306C208 284 226 272 246 276C268 280 278 290 278 306Z', tone: 'rib', plain: true },
    { d: 'M34 302H280C284 312 282 322 276 326H42C34 322 32 312 34 302Z', tone: 'sole', plain: true },
  ]),
  creases: twice('M120 250C130 262 142 270 156 274M60 300C90 292 130 292 160 298'),
  seams: twice(
    'M46 240C52 262 50 284 46 302M206 304C208 284 226 272 246 276M36 314H281M108 216C120 258 160 284 206 290',
  ),
  stitches: twice('M72 302C70 282 74 264 86 250M104 222C116 262 158 290 204 296'),
  trim: (tones) =>
    trimTwice(
      `<g stroke="${tones.sole}" stroke-width="4.2" stroke-linecap="round"><path d="M112 240L132 226M122 253L144 240M136 264L160 251M154 273L178 261"/></g>`,
    ),
};

export const boot: Garment = {
  upright: true,
  pieces: [
    { d: 'M76 64H176L182 74H72Z', tone: 'deep', plain: true },
    {
      d: 'M72 68H180C178 120 178 160 186 196C194 222 222 232 246 240C272 248 284 262 286 290H66C60 250 78 190 76 140Z',
    },
    {
      d: 'M66 286H288C292 298 290 308 286 312H204C196 304 146 304 140 320H70C62 312 62 296 66 286Z',
      tone: 'sole',
      plain: true,
    },
    { d: 'M68 300H140C144 304 142 318 140 326H72C66 320 64 308 68 300Z', tone: 'deep', plain: true },
    { d: 'M104 76H150C146 120 150 160 164 196L110 198C120 160 112 120 104 76Z', tone: 'deep', plain: true },
  ],
  creases:
    'M186 200C176 212 164 220 148 224M200 218C190 230 176 238 160 240M80 240C84 220 88 200 88 180M96 90C98 130 98 160 94 190',
  seams:
    'M66 288H287M104 76C112 120 120 160 110 198M150 76C146 120 150 160 164 196M110 198C100 230 92 260 92 288M164 196C176 226 190 250 196 288',
  stitches:
    'M99 76C107 120 115 160 105 198M155 76C151 120 155 160 169 194M68 294H290M104 200C96 230 87 260 87 286',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.pale}" stroke-opacity=".35" stroke-width="1.2"><path d="M112 82L116 190M120 82L125 192M128 82L134 192M136 82L143 192M143 82L152 192"/></g><path d="M84 66C84 44 98 44 98 66" fill="none" stroke="${tones.main}" stroke-width="6"/>`,
};

export const loafer: Garment = {
  upright: true,
  pieces: paired([
    { d: 'M44 268C56 250 96 240 132 248L170 256L150 276L70 286Z', tone: 'deep', plain: true },
    {
      d: 'M38 308C32 288 36 266 46 256C62 276 104 282 146 252C172 254 218 262 248 274C270 282 280 294 280 308Z',
    },
    { d: 'M146 252C180 252 218 262 244 274C226 290 176 290 140 278Z', tone: 'rib' },
    { d: 'M132 268C148 258 160 252 168 250L190 258C182 272 172 286 168 296C154 292 142 284 132 268Z' },
    { d: 'M36 304H282C286 312 284 318 280 320H96V328H42C36 322 34 312 36 304Z', tone: 'deep', plain: true },
  ]),
  creases: twice('M60 300C90 292 130 294 160 300M196 282C214 284 230 282 242 276'),
  seams: twice(
    'M46 256C50 276 48 292 44 306M140 278C176 290 226 290 244 274M132 268C142 284 154 292 168 296C172 286 182 272 190 258M36 310H283',
  ),
  stitches: twice('M142 284C178 297 232 296 252 278M137 266C146 280 156 287 166 291'),
  trim: (tones) =>
    trimTwice(`<path d="M154 272L174 266" stroke="${tones.deep}" stroke-width="4" stroke-linecap="round"/>`),
};

const sock =
  'M92 60H152C154 120 152 170 156 206C164 226 186 240 206 262C228 288 214 322 182 318C154 312 120 282 98 250C88 232 92 140 92 60Z';

export const socks: Garment = {
  pieces: [
    { d: moved(sock, 52, 22) },
    { d: 'M144 82H204L204 112H144Z', tone: 'rib', plain: true },
    { d: moved(sock, -14, -4) },
    { d: 'M78 56H138L138 88H78Z', tone: 'accent', plain: true },
    {
      d: 'M80 226C78 206 96 198 118 204C124 222 108 248 94 254C86 246 81 238 80 226Z',
      tone: 'accent',
      plain: true,
    },
    {
      d: 'M200 268C218 292 198 320 166 314C156 310 150 306 144 302C150 282 174 264 200 268Z',
      tone: 'accent',
      plain: true,
    },
  ],
  creases: 'M92 120C104 130 118 130 132 120M128 210C134 222 130 234 120 242M150 250C156 262 150 274 142 280',
  seams: 'M78 88H138M144 112H204',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.deep}" stroke-opacity=".5" stroke-width="28" stroke-dasharray="1.4 4.2"><path d="M79 72H138M145 97H204"/></g>`,
};
