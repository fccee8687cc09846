// Looks fixed words up in the shopper's language. A key nobody wrote is shown as itself rather than failing the
// page; test/unit/app/views.test.ts finds such keys before a shopper does.
import type { Language, Translate } from '../http/view-parts.ts';
import { de } from './de.ts';
import { en } from './en.ts';

const catalogues: Readonly<Record<Language, Readonly<Record<string, string>>>> = { en, de };

/** `{name}` in a text becomes `values.name`. */
export function translator(language: Language): Translate {
  const words = catalogues[language];
  return (key, values) => {
    const text = words[key] ?? key;
    return values === undefined
      ? text
      : text.replaceAll(/\{(\w+)\}/g, (mark, name: string) => String(values[name] ?? mark));
  };
}
