// The pieces several page models share, and the frame (layout) around every page.

export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export const CURRENCIES = ['EUR', 'USD', 'GBP'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** An amount ready to be shown; `cents` is in `currency` and only for `<data value>` and sorting. */
export interface Money {
  readonly cents: number;
  readonly currency: Currency;
  /** "€49.90" or "49,90 €": as the shopper's language writes it. */
  readonly text: string;
}

export interface Choice {
  readonly value: string;
  readonly text: string;
  readonly href: string;
  readonly current: boolean;
}

export interface ProductCard {
  readonly slug: string;
  readonly name: string;
  readonly href: string;
  readonly price: Money;
  /** URL of the drawn picture, with its content hash: cacheable for ever. */
  readonly picture: string;
  readonly colours: readonly { name: string; hex: string }[];
  readonly soldOut: boolean;
}

/**
 * A form as it must be shown again: what was typed (never passwords or card numbers) and all problems, beside
 * the fields they belong to. `general` problems belong to none.
 */
export interface FormModel<Field extends string> {
  readonly action: string;
  readonly values: Readonly<Record<Field, string>>;
  readonly problems: Readonly<Partial<Record<Field, readonly string[]>>>;
  readonly general: readonly string[];
}

/** Looks a fixed word up for a view; app/locales/translate.ts exports `translator(language): Translate`. */
export type Translate = (key: string, values?: Readonly<Record<string, string | number>>) => string;

export interface Layout {
  readonly title: string;
  readonly language: Language;
  readonly currency: Currency;
  /**
   * Fixed words in the shopper's language. Language and currency are changed by POST /preferences with
   * `language` and `currency` (either or both) and hidden `returnTo` = `path`.
   */
  readonly t: Translate;
  /** Path and query of this page, to come back to. */
  readonly path: string;
  readonly categories: readonly { name: string; href: string; current: boolean }[];
  /** What is in the search box (GET /search, field `q`). */
  readonly searchQuery: string;
  /** Pieces in the cart; null when nobody can tell because the session store is away. */
  readonly cartCount: number | null;
  /** Logging out is POST /logout. */
  readonly user: { readonly name: string; readonly staff: boolean } | null;
  readonly flash: { readonly kind: 'success' | 'info' | 'error'; readonly text: string } | null;
  /** A banner for a degraded shop (carts or orders are away for a moment), '' when all is well. */
  readonly notice: string;
  /** URL of a file in app/public, with its content hash: asset('site.css'). */
  readonly asset: (file: string) => string;
  readonly pod: string;
  readonly requestId: string;
  readonly sessionStrategy: string;
}
