// Members as their agents see them, for tables of next steps.
import type { Local } from '../../../../operator/agent/plan.ts';

export const stopped: Local = {
  ...{ alive: false, inRecovery: null, atEndOfWal: false, hasWalReceiver: false, standbySignal: false },
  ...{ upstream: null, settled: false, ruleInForce: true, controlState: 'shut down', failedStarts: 0 },
  ...{ handedOver: false, startedForTerm: false, outrun: false, clonePauses: false, diskFull: false },
};
export const standby: Local = {
  ...stopped,
  alive: true,
  inRecovery: true,
  standbySignal: true,
  controlState: null,
};
export const primary: Local = {
  ...stopped,
  alive: true,
  inRecovery: false,
  settled: true,
  controlState: null,
};
export const down: Local = { ...stopped, standbySignal: true };
export const pending = { lineage: [], mayReplaceData: false };
/** It is noted where the log of the promised term begins. */
export const begun = { lineage: [{ term: 3, startLsn: '0/0' }] };
