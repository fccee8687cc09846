// A form that could not be served now may be sent again as it was, with nothing lost of what was typed. Its operation id
// goes back to the sender too, so that the repetition is known as one: what was done after all is not done twice.
export interface Repeat {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** False where something was typed that a page must not hold: sent again, the form comes back and asks for it. */
  readonly isWhole: boolean;
}

/** A password, a card: in a page they would lie in caches and in the history. */
const SECRET = /password|^card/i;
/** Beyond these nothing is a form of ours. */
const LONGEST = 2_000;
const LONGEST_ID = 100;
const MOST_FIELDS = 100;

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

export function operationOf(body: unknown): { operationId?: string } {
  const { operationId } = fieldsOf(body);
  return typeof operationId === 'string' && operationId.length <= LONGEST_ID ? { operationId } : {};
}

/**
 * The form to show again, or null when nothing was typed or it is none of ours. `action` is a path on this site: what was
 * asked for may look like another host (`//host/…`), which would get what was typed.
 */
export function repeatOf(method: string, action: string, body: unknown): Repeat | null {
  const typed = Object.entries(fieldsOf(body)).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => ({ name, value: one })),
  );
  if (method !== 'POST' || typed.length === 0 || typed.length > MOST_FIELDS) return null;
  const fields = typed.flatMap(({ name, value }) =>
    typeof value === 'string' && value.length <= LONGEST && !SECRET.test(name) ? [{ name, value }] : [],
  );
  return { action, fields, isWhole: fields.length === typed.length };
}
