// The primary's own brake. It stops itself when no standby acknowledges any more and the API server cannot be
// reached either: then somebody else may have been elected, and what it would answer to readers could be old. It
// stops at once when a member has promised a newer term. While a standby acknowledges, nobody has frozen that
// standby, so the loss of the API server alone changes nothing.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentStatus } from './protocol.ts';
import { peersOf } from './rule-in-force.ts';
import { addressOf } from './settings.ts';
import type { Settings } from './settings.ts';
import type { Machine } from './state.ts';
import type { Supervisor } from './supervisor.ts';
import { askAgent } from './transport.ts';
import { readTrusted } from './tls-files.ts';

export interface FenceOptions {
  readonly supervisor: Supervisor;
  readonly token: () => string;
}

const LOOK_MS = 500;
const PROBE_DEADLINE_MS = 700;
/** Both must have been missing this long; with a look and a probe on top it stays under 5 s. */
const PATIENCE_MS = 3500;

export interface Contact {
  readonly commitAgeMs: number;
  readonly apiAgeMs: number;
}

/** Whether a primary must stop: pure, so that the limits are tested without waiting for them. */
export function mustFence({ commitAgeMs, apiAgeMs }: Contact): boolean {
  return commitAgeMs >= PATIENCE_MS && apiAgeMs >= PATIENCE_MS;
}

export async function watchIsolation(options: FenceOptions, signal: AbortSignal): Promise<void> {
  const { supervisor } = options;
  const { machine } = supervisor;
  let apiSeenMs = performance.now();
  let primarySinceMs: number | null = null;
  while (!signal.aborted) {
    await sleep(LOOK_MS);
    const isPrimary = machine.record.role === 'primary' && machine.process.alive();
    primarySinceMs = isPrimary ? (primarySinceMs ?? performance.now()) : null;
    if (primarySinceMs === null) {
      apiSeenMs = performance.now();
      continue;
    }
    const newer = await newerTerm(options, machine);
    if (newer !== null) {
      supervisor.fence(newer);
      continue;
    }
    if (await canConnect(machine.settings.apiServer)) apiSeenMs = performance.now();
    const nowMs = performance.now();
    const commitAgeMs = nowMs - Math.max(machine.acknowledgedAtMs ?? 0, primarySinceMs);
    if (mustFence({ commitAgeMs, apiAgeMs: nowMs - apiSeenMs })) {
      supervisor.fence('no standby acknowledges and the API server is unreachable');
    }
  }
}

async function newerTerm(options: FenceOptions, machine: Machine): Promise<string | null> {
  const { settings, record } = machine;
  const peers = peersOf(machine);
  const answers = await Promise.all(peers.map((peer) => askPeer(options, settings, peer)));
  const newer = answers.find((status) => status !== null && status.term > record.term);
  return newer ? `${newer.name} has promised term ${newer.term}` : null;
}

async function askPeer(options: FenceOptions, settings: Settings, peer: string): Promise<AgentStatus | null> {
  const { host, agentPort } = addressOf(settings, peer);
  try {
    const target = { host, port: agentPort, token: options.token(), ca: readTrusted(settings) };
    return await askAgent<AgentStatus>(target, { method: 'GET', path: '/v1/status' }, PROBE_DEADLINE_MS);
  } catch {
    return null;
  }
}

/** A TCP connection suffices: it proves that this node's network still leads out of it. */
function canConnect(hostAndPort: string): Promise<boolean> {
  if (hostAndPort === '') return Promise.resolve(false);
  const at = hostAndPort.lastIndexOf(':');
  const socket = connect({ host: hostAndPort.slice(0, at), port: Number(hostAndPort.slice(at + 1)) });
  return new Promise((resolve) => {
    const end = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(PROBE_DEADLINE_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
