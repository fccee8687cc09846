// Shoes and socks, as pairs.
import type { Garment, Piece } from './cloth.ts';
import { moved } from './path.ts';

// The second shoe of a pair lies a little above and behind the first.
const paired = (pieces: readonly Piece[]): readonly Piece[] => [
  ...pieces.map((piece) => ({ ...piece, d: moved(piece.d, 8, -128) })),
  ...pieces,
];
const twice = (d: string): string => moved(d, 8, -128) + d;
const trimTwice = (trim: string): string => `<g transform="translate(8 -128)">${trim}</g>${trim}`;

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
    { d: 'M84 78C116 70 152 70 184 78L178 96H90Z', tone: 'deep', plain: true },
    {
      d: 'M80 80C114 88 152 88 188 80C184 122 186 154 194 182C208 208 240 218 262 232C282 246 290 264 290 288H70C62 256 86 204 84 160C83 132 80 106 80 80Z',
    },
    {
      d: 'M66 286H294C296 296 294 304 288 306H212C204 302 150 302 142 306L140 318H74C66 310 62 298 66 286Z',
      tone: 'gum',
      plain: true,
    },
    {
      d: 'M112 86C128 88 142 88 158 86C150 126 152 156 164 190C148 200 128 200 112 192C122 158 120 126 112 86Z',
      tone: 'deep',
      plain: true,
    },
  ],
  creases:
    'M194 188C182 200 170 208 152 212M208 206C198 220 184 228 166 232M84 240C90 222 94 204 94 186M98 100C102 130 102 156 98 184M240 236C256 248 268 262 272 280',
  seams:
    'M66 287H293M112 86C120 126 122 158 112 192M158 86C150 126 152 156 164 190M112 192C104 220 96 252 98 286M164 190C180 220 196 250 202 286M142 306L144 296',
  stitches: 'M107 87C115 126 117 158 106 192C98 222 92 252 93 284M163 86C155 126 157 156 169 190M70 294H290',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.pale}" stroke-opacity=".3" stroke-width="1.1"><path d="M118 90L122 194M125 91L129 195M132 91L136 195M139 91L143 194M146 90L150 192"/></g><path d="M92 80C90 56 106 56 104 82" fill="none" stroke="${tones.main}" stroke-width="6"/>`,
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
