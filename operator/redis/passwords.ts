// Words of a password key, and which of the operator's own passwords are worth a try.

const remembered = 4;

/** A key may hold several passwords: the first is in force, the others are only still accepted. */
export function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** The present ones first, then those that were replaced: until a node has heard of the new one it knows no other. */
export function rememberPasswords(text: string, before: readonly string[]): readonly string[] {
  return [...new Set([...wordsOf(text), ...before])].slice(0, remembered);
}
