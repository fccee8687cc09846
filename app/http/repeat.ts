// A request that no store could serve now may be sent again as it was. Its operation id goes back to the sender, so
// that the repetition is known as one: what was done after all is not done twice.
export interface Repeat {
  readonly action: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
}

/** Only forms that carry an operation id, and nothing that a page must not hold (a card, a password). */
const REPEATABLE = /^\/cart\/lines(\/|$)/;
const LONGEST = 100;

function fieldsOf(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

export function operationOf(body: unknown): { operationId?: string } {
  const { operationId } = fieldsOf(body);
  return typeof operationId === 'string' && operationId.length <= LONGEST ? { operationId } : {};
}

/** The form to show again, or null when what was sent cannot be repeated. */
export function repeatOf(method: string, path: string, body: unknown): Repeat | null {
  if (method !== 'POST' || !REPEATABLE.test(path) || operationOf(body).operationId === undefined) return null;
  const fields = Object.entries(fieldsOf(body)).flatMap(([name, value]) =>
    typeof value === 'string' && value.length <= LONGEST ? [{ name, value }] : [],
  );
  return { action: path, fields };
}
