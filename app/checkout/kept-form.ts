// What was typed into the checkout form, for a shopper whom it sent back to the cart because the stock has changed: with
// her next look at the form it is there again. It lies with the browser, sealed, for as long as a hold, and never holds
// anything of the card.
import type { AppContext } from '../http/context.ts';
import type { Sealer } from '../session/sealed.ts';
import { HOLD_SECONDS } from './holds.ts';

export type Typed = Readonly<Record<string, string>>;

export interface KeptForm {
  readonly keep: (ctx: AppContext, typed: Typed) => void;
  /** What was kept last; nothing when there is none or it is not ours. */
  readonly kept: (ctx: AppContext) => Typed;
  readonly forget: (ctx: AppContext) => void;
}

const COOKIE = 'typed';
/** A cookie has room for 4 KB; a form that is longer has to be typed again. */
const LONGEST = 3_500;

function fieldsOf(text: string): Typed {
  const fields = JSON.parse(text) as Record<string, unknown>;
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

/** `refused` is told of a cookie that we did not seal. */
export function createKeptForm(sealer: Sealer, refused: (cookie: string) => void): KeptForm {
  const write = (ctx: AppContext, value: string, maxAge: number): void => {
    // Sealed, and so authenticated already.
    ctx.cookies.set(COOKIE, value, {
      maxAge,
      sameSite: 'lax',
      httpOnly: true,
      overwrite: true,
      signed: false,
    });
  };
  return {
    keep: (ctx, typed) => {
      const value = sealer.seal(JSON.stringify(typed));
      if (value.length <= LONGEST) write(ctx, value, HOLD_SECONDS * 1000);
    },
    kept: (ctx) => {
      const value = ctx.cookies.get(COOKIE, { signed: false });
      if (value === undefined || value === '') return {};
      const opened = sealer.open(value);
      if ('text' in opened) return fieldsOf(opened.text);
      refused(COOKIE);
      return {};
    },
    forget: (ctx) => {
      if (ctx.cookies.get(COOKIE, { signed: false }) !== undefined) write(ctx, '', 0);
    },
  };
}
