// What tests break, as verbs. Every fault is undone by `restoreFaults`, which runs after every test whether it
// passed or not, so that the next one starts from a whole cluster.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import { kubectl } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);
/** What undoes each fault that is in force, by the fault's name. */
const undo = new Map<string, () => Promise<void>>();

/** Deletes a pod; `graceSeconds: 0` is the death of its node's power supply. Returns once the API accepted it. */
export async function deletePod(name: string, options: { graceSeconds?: number } = {}): Promise<void> {
  const { graceSeconds } = options;
  const flags = graceSeconds === undefined ? [] : [`--grace-period=${graceSeconds}`];
  if (graceSeconds === 0) flags.push('--force');
  await kubectl(['delete', 'pod', name, '--wait=false', ...flags]);
}

/** Stops a kind node with everything on it, as a zone that loses power. */
export async function stopNode(node: string): Promise<void> {
  undo.set(`stop ${node}`, () => startNode(node));
  await docker('stop', '--time', '0', node);
}

/** Starts a stopped node and waits until it is Ready. */
export async function startNode(node: string): Promise<void> {
  await docker('start', node);
  await untilNodeReady(node);
  undo.delete(`stop ${node}`);
}

/** Freezes every process of a kind node; its connections stay open and silent. */
export async function freezeNode(node: string): Promise<void> {
  undo.set(`freeze ${node}`, () => resumeNode(node));
  await docker('pause', node);
}

/** Lets a frozen node go on where it stood, and waits until it is Ready. */
export async function resumeNode(node: string): Promise<void> {
  await docker('unpause', node);
  await untilNodeReady(node);
  undo.delete(`freeze ${node}`);
}

/** Marks a node unschedulable until the test is over. */
export async function cordonNode(node: string): Promise<void> {
  undo.set(`cordon ${node}`, async () => {
    await kubectl(['uncordon', node]);
    undo.delete(`cordon ${node}`);
  });
  await kubectl(['cordon', node]);
}

/** Undoes what is still broken, latest first. Throws after trying all, naming what could not be undone. */
export async function restoreFaults(): Promise<void> {
  const failed: string[] = [];
  for (const [name, restore] of [...undo].reverse()) {
    await restore().catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
    undo.delete(name);
  }
  if (failed.length > 0) throw new Error(`faults that could not be undone: ${failed.join('; ')}`);
}

async function untilNodeReady(node: string): Promise<void> {
  const path = '{.status.conditions[?(@.type=="Ready")].status}';
  await eventually(
    async () => {
      const status = await kubectl(['get', 'node', node, '-o', `jsonpath=${path}`]);
      if (status !== 'True') throw new Error(`node ${node} is not Ready: ${status}`);
    },
    { withinMs: timeouts.nodeReadyMs, everyMs: 500 },
  );
}

async function docker(...args: readonly string[]): Promise<void> {
  try {
    await run('docker', [...args], { timeout: timeouts.dockerMs });
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`docker ${args.join(' ')}: ${stderr.trim() || String(cause)}`, { cause });
  }
}
