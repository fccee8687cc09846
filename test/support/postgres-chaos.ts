// Postgres as the subject of chaos scenarios: the ledger in its pod, requests to the shop, and what must be true of
// the set before and after a fault.
import { expect } from 'chai';
import type { LedgerStatus } from '../load/ledger-server.ts';
import type { LedgerReport } from '../load/postgres-ledger.ts';
import type { ChaosLedger, Subject } from './chaos.ts';
import { eventually } from './eventually.ts';
import { healthyPostgres, historySince, postgresTerm } from './postgres-cluster.ts';
import { startProgramPod } from './program-pod.ts';
import type { ProgramPod } from './program-pod.ts';
import { startShopRequests } from './shop-requests.ts';
import { pinAppPods, runningTiers, untilSteady } from './steady-state.ts';
import { timeouts } from './timeouts.ts';

export interface PostgresChaos extends Subject {
  close(): Promise<void>;
}

/** Starts the ledger's pod; close() removes it. Results go under the name of `suite`. */
export async function startPostgresChaos(suite = 'postgres'): Promise<PostgresChaos> {
  // Pods that start take the CPU time that a failover is measured by: the number of the shop's stays as it is.
  const unpin = await pinAppPods(runningTiers.app);
  const pod = await startProgramPod({
    name: 'ledger',
    entry: 'test/load/ledger-program.ts',
    tier: 'migrate',
    secrets: { 'pg-credentials': ['app-password'], 'pg-tls': ['ca.crt'] },
  });
  return {
    suite,
    steady: async () => {
      await untilSteady();
      await healthyPostgres();
    },
    startLedger: () => startPodLedger(pod),
    startRequests: () => startShopRequests(),
    changes: () => postgresTerm(),
    check: (before) => historyIsComplete(before),
    close: async () => {
      await unpin();
      await pod.remove();
    },
  };
}

async function startPodLedger(pod: ProgramPod): Promise<ChaosLedger> {
  await pod.ask('/start');
  return {
    mark: async () => {
      await pod.ask('/mark');
    },
    acked: async () => (await pod.ask<LedgerStatus>('/status')).acked,
    finish: () => pod.ask<LedgerReport>('/finish', timeouts.ledgerMs),
  };
}

/** Every change of primary is told in the resource, with its length and how the former primary came back. */
async function historyIsComplete(before: number): Promise<void> {
  await eventually(
    async () => {
      for (const entry of await historySince(before)) {
        expect(entry, `history of term ${entry.term}`).to.have.property('outageMs').that.is.a('number');
        // A primary that was elected again where it was did not come back to anybody.
        const cameBack = entry.from === entry.to || entry.rejoined !== null;
        expect(cameBack, `term ${entry.term}: how ${entry.from ?? '?'} came back`).to.equal(true);
      }
    },
    { withinMs: timeouts.soonMs, everyMs: 500 },
  );
}
