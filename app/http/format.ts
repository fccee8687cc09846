// Money, dates and numbers as the shopper's language writes them. Prices are kept in euro cents; the other
// currencies have fixed rates, and an order keeps the currency and amounts it was placed in.
import type { Currency, Language, Money } from './view-parts.ts';

/** Units of the currency for one euro. */
const RATES: Readonly<Record<Currency, number>> = { EUR: 1, USD: 1.1, GBP: 0.85 };

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

/** Euro cents → cents of `currency`, rounded half up. */
export function convert(euroCents: number, currency: Currency): number {
  return Math.round(euroCents * RATES[currency]);
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

function moneyFormat(language: Language, currency: Currency): Intl.NumberFormat {
  const key = `${language}/${currency}`;
  let format = moneyFormats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(LOCALES[language], { style: 'currency', currency });
    moneyFormats.set(key, format);
  }
  return format;
}

/** An amount that is already in `currency`. */
export function amount(cents: number, currency: Currency, language: Language): Money {
  return { cents, currency, text: moneyFormat(language, currency).format(cents / 100) };
}

/** A catalogue price (euro cents) in the shopper's currency. */
export function price(euroCents: number, view: { currency: Currency; language: Language }): Money {
  return amount(convert(euroCents, view.currency), view.currency, view.language);
}

const dateFormats: Readonly<Record<Language, Intl.DateTimeFormat>> = {
  en: new Intl.DateTimeFormat(LOCALES.en, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Berlin',
  }),
  de: new Intl.DateTimeFormat(LOCALES.de, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Europe/Berlin',
  }),
};

export function dateTime(moment: Date, language: Language): string {
  return dateFormats[language].format(moment);
}
