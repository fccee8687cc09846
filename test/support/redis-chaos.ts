// Redis as the subject of chaos scenarios: the ledger in its pod, and what must be true of the set before and after a
// fault. The ledger speaks to Redis alone, without Postgres behind it: the table shows what Redis by itself keeps.
import { expect } from 'chai';
import type { LedgerReport } from '../load/ledger.ts';
import type { LedgerStatus } from '../load/ledger-server.ts';
import type { ChaosLedger, Subject } from './chaos.ts';
import { eventually } from './eventually.ts';
import { kubectl } from './kubectl.ts';
import { startProgramPod } from './program-pod.ts';
import type { ProgramPod } from './program-pod.ts';
import { healthyRedis, redisMembers, redisTerm } from './redis-cluster.ts';
import { keysOf, untilOneMaster } from './redis-nodes.ts';
import { startShopRequests } from './shop-requests.ts';
import { pinAppPods, runningTiers, untilReady } from './steady-state.ts';
import { timeouts } from './timeouts.ts';

export interface RedisChaos extends Subject {
  /** The control case: changes that count as acknowledged when the master alone has them. */
  startUnsafeLedger(): Promise<ChaosLedger>;
  close(): Promise<void>;
}

const name = 'redis-ledger';

/** Starts the ledger's pod; close() removes it. */
export async function startRedisChaos(): Promise<RedisChaos> {
  // Pods that start take the CPU time that a failover is measured by: the number of the shop's stays as it is.
  const unpin = await pinAppPods(runningTiers.app);
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(wayIn) });
  const pod = await startProgramPod({
    name,
    entry: 'test/load/redis-ledger-program.ts',
    // Not the app's own tier, whose Service and autoscaler would take it for an app pod.
    tier: 'migrate',
    secrets: { 'redis-credentials': ['app-password'], 'redis-tls': ['ca.crt'] },
  });
  return {
    suite: 'redis',
    steady: async () => {
      await untilReady('redis', redisMembers.length);
      await untilReady('sentinel', 3);
      await untilReady('operator', 1);
      await healthyRedis();
      // The status may be from before the fault where the operator was cut off with the master.
      await untilOneMaster(timeouts.steadyStateMs);
    },
    startLedger: () => startPodLedger(pod, '/start'),
    startUnsafeLedger: () => startPodLedger(pod, '/start-without-wait'),
    startRequests: () => startShopRequests(),
    changes: () => redisTerm(),
    check: () => sameKeysEverywhere(),
    close: async () => {
      await unpin();
      await pod.remove();
      await kubectl(['delete', 'networkpolicy', name, `${name}-out`, '--ignore-not-found']);
    },
  };
}

async function startPodLedger(pod: ProgramPod, path: string): Promise<ChaosLedger> {
  await pod.ask(path, timeouts.ledgerMs);
  return {
    mark: async () => {
      await pod.ask('/mark');
    },
    acked: async () => (await pod.ask<LedgerStatus>('/status')).acked,
    finish: async () => {
      const report = await pod.ask<LedgerReport>('/finish', timeouts.ledgerMs);
      const { acknowledged: acked, doubled: duplicated, lost, outageMs, outageAtMs } = report;
      return { acked, lost, duplicated, backwards: 0, outageMs, outageAtMs };
    },
  };
}

/** No member is left with less than another: whoever is promoted next has everything. */
async function sameKeysEverywhere(): Promise<void> {
  await eventually(
    async () => {
      const counts = await keysOf();
      expect(new Set(counts.values()).size, `keys: ${JSON.stringify([...counts])}`).to.equal(1);
    },
    { withinMs: timeouts.soonMs, everyMs: 500 },
  );
}

const ledgerPods = { matchLabels: { 'app.kubernetes.io/managed-by': 'test' } };
const redisPods = {
  matchExpressions: [{ key: 'app.kubernetes.io/name', operator: 'In', values: ['redis', 'sentinel'] }],
};
const redisPorts = [6379, 26379].map((port) => ({ port, protocol: 'TCP' }));

/** The edges that only the app has, for the ledger's pod. */
const wayIn = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    policy(name, {
      ...{ podSelector: redisPods, policyTypes: ['Ingress'] },
      ingress: [{ from: [{ podSelector: ledgerPods }], ports: redisPorts }],
    }),
    policy(`${name}-out`, {
      ...{ podSelector: ledgerPods, policyTypes: ['Egress'] },
      egress: [{ to: [{ podSelector: redisPods }], ports: redisPorts }],
    }),
  ],
};

function policy(policyName: string, spec: object): object {
  const apiVersion = 'networking.k8s.io/v1';
  return { apiVersion, kind: 'NetworkPolicy', metadata: { name: policyName }, spec };
}
