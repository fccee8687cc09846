// Words from handlers in the shopper's language.
import { de } from './messages-de.ts';
import { en } from './messages-en.ts';
import type { Language } from './view-parts.ts';

export type MessageKey = keyof typeof en;
/** By the names that stand in a message's braces. */
export type MessageValues = Readonly<Record<string, string | number>>;

const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = { en, de };

export function say(language: Language, key: MessageKey, values: MessageValues = {}): string {
  return catalogues[language][key].replace(/\{(\w+)\}/g, (whole, name: string) =>
    String(values[name] ?? whole),
  );
}

/** For keys made at run time, such as 'country.' + code; undefined when there is no such key. */
export function sayIfKnown(language: Language, key: string): string | undefined {
  return key in en ? say(language, key as MessageKey) : undefined;
}
