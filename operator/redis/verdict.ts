// Small words shared by the rules.
import type { Action, Intent, Phase, Remembered, Verdict } from './model.ts';
import type { View } from './view.ts';

export type Rule = (view: View, remembered: Remembered) => Verdict | undefined;

export function verdictOf(
  view: View,
  phase: Phase,
  message: string,
  intents: readonly Intent[],
  master?: string,
): Verdict {
  return { phase, master, epoch: view.agreed?.configEpoch ?? 0, message, intents };
}

export const now = (action: Action): Intent => ({ action, settleMs: 0 });
export const after = (settleMs: number, action: Action): Intent => ({ action, settleMs });

/** Two looks that agree: long enough for a second one, short against everything else. */
export const twoLooksMs = 100;
/** How long an absent member is waited for before the others elect: its data may be the newest. */
export const missingMemberMs = 3_000;
/** `min-replicas-to-write` of a member that must take no writes. */
export const fenced = 99;
