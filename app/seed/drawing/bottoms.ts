// Cuts worn from the waist down, and dresses.
import type { Garment } from './cloth.ts';

const leg =
  'M105 56H161V96C160 150 158 260 153 364C138 367 121 367 106 364C101 270 92 186 91 128C92 104 100 80 105 56Z';
const band = 'M105 44H215L217 62H103Z';
const legCreases =
  'M98 108C118 114 140 110 156 102M222 108C202 114 180 110 164 102M104 236C118 246 132 242 146 230M214 242C202 250 188 246 174 234M118 330C126 310 128 290 124 268M204 334C196 312 194 292 198 268M160 104C154 122 146 132 132 138M162 104C168 122 176 132 190 138';

export const trousers: Garment = {
  pieces: [{ d: leg, mirrored: true }, { d: band }],
  creases: legCreases,
  seams:
    'M160 62V124M110 62C112 82 106 96 96 106M210 62C208 82 214 96 224 106M130 66C126 160 127 270 129 365M190 66C194 160 193 270 191 365M103 62H217',
  stitches: 'M164 64V98C164 106 162 110 160 112',
  trim: (tones) =>
    `<circle cx="160" cy="53" r="3.4" fill="${tones.pale}" stroke="${tones.seam}"/><path d="M124 43V64M196 43V64" stroke="${tones.seam}" stroke-width="3" opacity=".6"/>`,
};

export const jeans: Garment = {
  pieces: [
    { d: leg, mirrored: true },
    { d: band },
    {
      d: 'M104.6 350C120 354 138 354 153.8 350L153 366C138 369 121 369 105.5 366Z',
      tone: 'rib',
      mirrored: true,
    },
  ],
  creases: legCreases,
  seams: 'M160 62V122M103 62H217',
  trim: (tones) => {
    const thread = tones.accent === '#e9e4d8' ? '#c98f4a' : '#b98245';
    return (
      `<g fill="none" stroke="${thread}" stroke-width="1.3" stroke-dasharray="3 2"><path d="M106 48H214M104 59H216M102 66C104 90 120 98 142 96M218 66C216 90 200 98 178 96M165 64V106C165 114 162 118 158 120M105 352C120 356 138 356 153 352M215 352C200 356 182 356 167 352M96 112C96 190 103 270 108 346M224 112C224 190 217 270 212 346"/></g>` +
      `<g fill="#b98a4e"><circle cx="160" cy="53" r="3.6"/><circle cx="104" cy="68" r="1.7"/><circle cx="142" cy="94" r="1.7"/><circle cx="178" cy="94" r="1.7"/><circle cx="216" cy="68" r="1.7"/></g>` +
      `<path d="M122 42V64M198 42V64" stroke="${tones.deep}" stroke-width="5"/>`
    );
  },
};

export const joggers: Garment = {
  pieces: [
    { d: 'M102 60H161V100C160 150 156 250 148 334L108 334C96 250 88 150 96 100Z', mirrored: true },
    { d: 'M106 330H150L147 358C134 361 120 361 109 358Z', tone: 'rib', plain: true, mirrored: true },
    { d: 'M103 42H217L219 66H101Z', tone: 'rib', plain: true },
  ],
  creases:
    'M100 106C122 114 140 112 156 102M220 106C198 114 180 112 164 102M102 230C116 240 130 238 146 226M218 236C204 244 190 242 176 230M112 316C126 308 136 306 146 314M208 316C194 308 184 306 174 314',
  seams: 'M160 66V124M101 66H219M102 66C108 90 106 108 95 122M218 66C212 90 214 108 225 122',
  trim: (tones) =>
    `<path d="M104 54H216" fill="none" stroke="${tones.deep}" stroke-opacity=".4" stroke-width="20" stroke-dasharray="1.4 4.2"/><g fill="none" stroke="${tones.pale}" stroke-width="3.2" stroke-linecap="round"><path d="M153 58C148 80 152 96 148 116"/><path d="M167 58C172 78 168 92 172 108"/></g>`,
};

export const shorts: Garment = {
  pieces: [
    {
      d: 'M92 88H161V150C160 196 158 250 153 304C122 310 88 307 64 299C67 228 74 158 82 122C86 110 90 98 92 88Z',
      mirrored: true,
    },
    { d: 'M93 72H227L229 94H91Z' },
  ],
  creases:
    'M88 138C114 150 140 148 156 134M232 138C206 150 180 148 164 134M78 290C88 262 92 238 88 212M242 290C232 262 228 238 232 212M160 146C152 164 144 172 130 178M162 146C168 164 176 172 190 178M128 302C136 278 136 256 130 236M194 300C186 278 186 256 190 236',
  seams:
    'M160 94V168M91 94H229M98 94C106 118 100 138 80 154M222 94C214 118 220 138 240 154M126 96C118 160 108 230 104 304M194 96C202 160 212 230 216 304',
  stitches:
    'M65 288C88 296 122 299 154 293M255 288C232 296 198 299 166 293M165 94V140C165 150 163 156 160 158',
  trim: (tones) =>
    `<circle cx="160" cy="83" r="3.8" fill="${tones.pale}" stroke="${tones.seam}"/><path d="M116 71V96M204 71V96" stroke="${tones.seam}" stroke-width="3.4" opacity=".6"/>`,
};

export const skirt: Garment = {
  pieces: [
    {
      d: 'M112 96C136 102 184 102 208 96C220 160 240 240 252 312C196 330 124 330 68 312C80 240 100 160 112 96Z',
    },
    { d: 'M113 78C140 84 180 84 207 78L209 98C180 104 140 104 111 98Z' },
  ],
  creases:
    'M120 130C110 190 98 250 92 306M200 130C210 190 222 250 228 306M140 150C136 210 130 270 128 318M182 150C186 210 192 270 194 318',
  seams:
    'M111 98C140 104 180 104 209 98M152 102V325M168 102V325M118 106C116 128 106 138 100 140M202 106C204 128 214 138 220 140',
  stitches: 'M70 303C124 320 196 320 250 303',
  trim: (tones) =>
    `<g fill="${tones.pale}" stroke="${tones.seam}"><circle cx="160" cy="91" r="3.6"/><circle cx="160" cy="130" r="3.6"/><circle cx="160" cy="170" r="3.6"/><circle cx="160" cy="210" r="3.6"/><circle cx="160" cy="250" r="3.6"/><circle cx="160" cy="290" r="3.6"/></g>`,
};

const folds = [-4, -3, -2, -1, 0, 1, 2, 3, 4];

export const pleats: Garment = {
  pieces: [
    {
      d: 'M114 94H206C222 160 244 240 258 312L241 320L226 316L208 324L192 319L176 327L160 321L144 327L128 319L112 324L94 316L79 320L62 312C76 240 98 160 114 94Z',
    },
    { d: 'M114 76H206L208 98H112Z', tone: 'rib' },
  ],
  creases: folds.map((fold) => `M${160 + fold * 10} 100L${160 + fold * 21 + 4} 318`).join(''),
  seams: `M112 98H208${folds.map((fold) => `M${160 + fold * 10} 100L${160 + fold * 21} 321`).join('')}`,
};

export const dress: Garment = {
  pieces: [
    { d: 'M130 54C140 48 180 48 190 54L182 84H138Z', tone: 'deep', plain: true },
    { d: 'M108 64C94 70 82 92 72 122C82 132 96 138 108 138C111 124 113 112 114 102Z', mirrored: true },
    {
      d: 'M128 54L160 92L192 54L212 64C214 96 210 130 202 160C226 220 246 290 254 354C194 370 126 370 66 354C74 290 94 220 118 160C110 130 106 96 108 64Z',
    },
    { d: 'M118 156C146 161 174 161 202 156L205 174C174 179 146 179 115 174Z', tone: 'rib', plain: true },
    {
      d: 'M130 50C136 64 148 78 160 86C153 92 149 98 146 106C134 94 124 78 119 62Z',
      mirrored: true,
      plain: true,
    },
  ],
  creases:
    'M124 182C112 240 100 300 94 350M196 182C208 240 220 300 226 350M146 186C140 250 136 310 134 356M176 186C182 250 186 310 190 356M118 100C124 120 132 134 142 144M202 100C196 120 188 134 178 144',
  seams: 'M160 92V156M160 178V362M108 64C106 96 108 120 112 138M212 64C214 96 212 120 208 138',
  stitches: 'M67 345C126 360 194 360 253 345',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.metal}" stroke-width="2.4"><path d="M152 158H169V174H152ZM160 166H169"/></g><g fill="${tones.pale}" stroke="${tones.seam}"><circle cx="160" cy="112" r="2.8"/><circle cx="160" cy="134" r="2.8"/></g>`,
};

export const slipdress: Garment = {
  pieces: [
    { d: 'M122 96C132 84 144 96 160 104C176 96 188 84 198 96L200 118H120Z', tone: 'deep', plain: true },
    {
      d: 'M118 92C130 104 146 114 160 116C174 114 190 104 202 92C206 118 208 140 204 166C214 230 226 300 232 356C184 370 136 370 88 356C94 300 106 230 116 166C112 140 114 118 118 92Z',
    },
  ],
  creases:
    'M124 150C140 162 150 180 146 220M196 150C180 164 172 184 178 224M120 220C112 270 108 310 108 350M200 220C208 270 212 310 212 350M150 240C144 290 144 320 148 356M170 236C178 290 178 320 172 358',
  seams: 'M118 92C130 104 146 114 160 116C174 114 190 104 202 92',
  stitches: 'M89 348C136 361 184 361 231 348',
  trim: (tones) =>
    `<g fill="none" stroke="${tones.main}" stroke-width="3.4"><path d="M119 94C120 70 126 50 136 40M201 94C200 70 194 50 184 40"/></g><g fill="none" stroke="${tones.metal}" stroke-width="1.6"><circle cx="121" cy="76" r="3.4"/><circle cx="199" cy="76" r="3.4"/></g>`,
};
