// Hats, scarves, bags and other small things.
import type { Garment } from './cloth.ts';
import { moved } from './path.ts';

export const hat: Garment = {
  pieces: [
    { d: 'M74 214C70 140 110 96 164 96C218 96 256 142 252 214C196 230 130 230 74 214Z' },
    {
      d: 'M70 208C130 228 198 228 256 206C266 226 254 252 226 268C182 286 124 282 88 262C64 248 58 226 70 208Z',
      tone: 'rib',
    },
  ],
  creases: 'M110 130C98 154 94 180 96 206M214 130C228 154 232 180 230 206M100 238C140 254 190 254 226 236',
  seams:
    'M164 97C150 130 146 180 148 224M164 97C114 112 96 160 100 218M164 97C210 112 230 160 226 216M70 208C130 228 198 228 256 206',
  stitches: 'M76 222C130 242 200 242 250 220M76 234C130 254 200 254 246 232M88 246C136 264 194 264 236 244',
  trim: (tones) =>
    `<circle cx="164" cy="97" r="6" fill="${tones.main}" stroke="${tones.seam}"/><g fill="none" stroke="${tones.seam}" stroke-width="1.6"><circle cx="122" cy="142" r="3"/><circle cx="206" cy="142" r="3"/></g>`,
};

export const beanie: Garment = {
  pieces: [
    { d: 'M84 250C78 160 108 88 160 88C212 88 242 160 236 250Z' },
    {
      d: 'M74 236C130 246 190 246 246 236C252 260 252 284 246 306C190 318 130 318 74 306C68 284 68 260 74 236Z',
      tone: 'rib',
    },
  ],
  creases:
    'M108 150C100 180 98 206 100 232M212 150C220 180 222 206 220 232M160 100C158 140 158 180 160 230M96 292C140 302 180 302 224 292',
  seams: 'M74 236C130 246 190 246 246 236M160 88C140 100 118 140 112 190M160 88C180 100 202 140 208 190',
  trim: (tones) =>
    `<path d="M78 273C130 283 190 283 242 273" fill="none" stroke="${tones.deep}" stroke-opacity=".45" stroke-width="62" stroke-dasharray="2 6"/><path d="M200 268H232V290H200Z" fill="${tones.pale}" stroke="${tones.seam}"/><circle cx="216" cy="279" r="4" fill="none" stroke="${tones.seam}"/>`,
};

export const scarf: Garment = {
  pieces: [
    { d: 'M96 84C60 110 62 168 100 196L116 354H176L160 190C130 170 124 130 150 100Z', tone: 'rib' },
    {
      d: 'M92 96C120 66 200 66 228 96C246 122 236 156 206 168C170 180 130 176 106 158C78 140 76 116 92 96ZM120 108C112 124 122 138 146 142C172 146 196 138 202 124C206 110 190 98 162 98C140 98 126 100 120 108Z',
    },
    { d: 'M206 106C244 118 252 158 226 186L226 330H164L158 196C152 160 172 124 206 106Z' },
  ],
  creases:
    'M180 150C176 210 182 270 186 326M206 170C204 220 208 280 208 326M104 130C130 152 170 158 200 146M130 220C134 270 140 310 146 350M112 92C140 78 180 78 210 92',
  trim: (tones) =>
    `<g fill="none" stroke-width="16" stroke-dasharray="3 3.2"><path d="M165 337H226" stroke="${tones.main}"/><path d="M117 361H176" stroke="${tones.rib}"/></g>`,
};

export const bag: Garment = {
  upright: true,
  pieces: [
    { d: 'M112 170C108 70 212 70 208 170H196C198 90 122 90 124 170Z', tone: 'deep', plain: true },
    { d: 'M76 150H244L256 344C200 354 120 354 64 344Z' },
    { d: 'M66 312C120 322 200 322 254 312L256 344C200 354 120 354 64 344Z', tone: 'rib', plain: true },
    { d: 'M104 150H120V214H104ZM200 150H216V214H200Z', tone: 'rib', plain: true },
    { d: 'M106 212C106 48 214 48 214 212H203C203 66 117 66 117 212Z', tone: 'rib', plain: true },
  ],
  creases:
    'M92 180C88 220 86 260 84 300M230 176C234 220 236 260 238 296M140 200C148 240 148 270 144 304M184 220C180 250 180 276 184 300',
  seams: 'M66 312C120 322 200 322 254 312',
  stitches: 'M77 159H243M66 318C120 328 200 328 254 318',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.seam}" stroke-width="1.3"><path d="M105 198L120 212M120 198L105 212M200 198L215 212M215 198L200 212"/></g><path d="M144 238H176V262H144Z" fill="${tones.pale}" stroke="${tones.seam}"/><path d="M150 247H170M150 253H164" stroke="${tones.seam}" stroke-width="1.4"/>`,
};

export const backpack: Garment = {
  upright: true,
  pieces: [
    {
      d: 'M88 220C66 240 62 300 78 334L96 332V210ZM232 220C254 240 258 300 242 334L224 332V210Z',
      tone: 'deep',
      plain: true,
    },
    { d: 'M140 62C140 40 180 40 180 62L174 66C172 52 148 52 146 66Z', tone: 'deep', plain: true },
    {
      d: 'M94 120C92 90 104 70 128 64H192C216 70 228 90 226 120L234 330C234 346 222 352 208 352H112C98 352 86 346 86 330Z',
    },
    { d: 'M90 96C90 76 102 62 124 60H196C218 62 230 76 230 96L232 168C190 180 130 180 88 168Z', tone: 'rib' },
    { d: 'M104 232H216L220 326C220 336 214 340 206 340H114C106 340 100 336 100 326Z', tone: 'main' },
  ],
  creases:
    'M100 184C98 200 98 214 100 228M220 184C222 200 222 214 220 228M108 110C136 122 184 122 212 110M116 326C150 316 180 318 206 328',
  seams:
    'M88 168C130 180 190 180 232 168M104 232H216L220 326C220 336 214 340 206 340H114C106 340 100 336 100 326Z',
  stitches: 'M90 162C130 174 190 174 230 162M104 252H216M108 246L105 330M212 246L215 330',
  trim: (tones) =>
    `<g fill="${tones.accent}"><path d="M122 150H133V216H122ZM187 150H198V216H187Z"/></g><g fill="none" stroke="${tones.metal}" stroke-width="2.6"><path d="M119 188H136V202H119ZM184 188H201V202H184Z"/></g>`,
};

export const belt: Garment = {
  pieces: [
    {
      d: 'M160 92C236 92 272 138 272 200C272 262 236 308 160 308C84 308 48 262 48 200C48 138 84 92 160 92ZM160 112C98 112 70 150 70 200C70 250 98 288 160 288C222 288 250 250 250 200C250 150 222 112 160 112Z',
      tone: 'deep',
      plain: true,
    },
    {
      d: 'M160 112C98 112 70 150 70 200C70 250 98 288 160 288C206 288 232 268 243 238L266 248C250 288 214 314 160 314C84 314 46 262 46 200C46 138 84 86 160 86C214 86 250 112 266 152L243 162C232 132 206 112 160 112Z',
    },
    { d: 'M238 226C250 200 252 172 236 144L258 134C280 170 276 210 260 240Z', tone: 'rib' },
  ],
  seams: 'M160 92C92 92 52 140 52 200C52 260 92 308 160 308',
  stitches: 'M160 106C94 106 64 148 64 200C64 252 94 294 160 294',
  creases: 'M66 150C58 180 58 220 66 250M110 104C130 94 180 92 210 104M110 300C140 306 180 306 206 298',
  trim: (tones) =>
    `<g fill="none" stroke="#b99a5c" stroke-width="5"><path d="M228 226L270 242L256 274L214 258Z"/><path d="M243 232L232 262" stroke-width="3.4"/></g><g fill="${tones.deep}" stroke="${tones.seam}" stroke-width=".8"><circle cx="261" cy="196" r="2.6"/><circle cx="259" cy="176" r="2.6"/><circle cx="253" cy="158" r="2.6"/></g>`,
};

const glove =
  'M74 330C70 290 66 260 62 230C48 214 40 196 34 180C30 166 46 158 54 170L74 200C70 160 66 124 66 104C66 90 84 90 86 104L92 168C92 136 92 104 94 84C94 70 112 70 114 84L116 168C118 140 120 112 122 96C124 82 140 84 140 98C140 120 138 150 136 178C138 156 142 140 146 128C150 116 164 120 162 134C158 170 150 210 142 240C140 270 140 300 142 330Z';
const gloveCuff = 'M72 296H144L146 348C122 354 94 354 70 348Z';
const gloveFolds =
  'M92 176C92 200 96 220 104 236M116 176C116 196 114 214 110 230M72 250C92 262 116 262 138 252';
const gloveSeams = 'M92 168V196M116 168V196M136 178L132 200M72 296H144';

export const gloves: Garment = {
  pieces: [
    { d: moved(glove, 4, -16) },
    { d: moved(gloveCuff, 4, -16), tone: 'rib', plain: true },
    { d: moved(glove, 114, 8) },
    { d: moved(gloveCuff, 114, 8), tone: 'rib', plain: true },
  ],
  creases: moved(gloveFolds, 4, -16) + moved(gloveFolds, 114, 8),
  seams: moved(gloveSeams, 4, -16) + moved(gloveSeams, 114, 8),
  trim: (tones) =>
    `<g fill="none" stroke="${tones.deep}" stroke-opacity=".5" stroke-width="50" stroke-dasharray="1.6 4.4"><path d="M76 306H149M186 330H259"/></g>`,
};
