// A form to be shown again: what was typed and the problems as sentences, beside their fields.
import type { AppContext } from './context.ts';
import type { Problems } from './errors.ts';
import { say } from './messages.ts';
import type { FormModel } from './view-parts.ts';

export function formModel<F extends string>(
  ctx: AppContext,
  action: string,
  values: Readonly<Record<F, string>>,
  problems: Problems = {},
): FormModel<F> {
  const { language } = ctx.state;
  const sentences = Object.entries(problems).map(
    ([field, keys]) => [field, keys.map((key) => say(language, key))] as const,
  );
  return {
    action,
    values,
    problems: Object.fromEntries(sentences.filter(([field]) => field !== '')) as Partial<Record<F, string[]>>,
    general: sentences.flatMap(([field, texts]) => (field === '' ? texts : [])),
  };
}
