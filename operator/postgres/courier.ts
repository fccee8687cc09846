// Carries out what decide() wants of members: commands to their agents, and the deletion of a pod. Nothing is waited
// for: the effect comes back through the members' status, and what got lost is simply decided again.
import type { Command } from '../agent/protocol.ts';
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import { objectPath, PODS } from '../runtime/paths.ts';
import type { MemberProbe } from './member-probe.ts';
import type { Action } from './observed.ts';
import { createResendGuard } from './resend-guard.ts';

export interface CourierOptions {
  readonly context: ControllerContext;
  readonly pod: (name: string) => KubeObject | undefined;
  readonly probe: (name: string) => MemberProbe;
}

export interface Courier {
  /** `about` is what events are recorded on. Does nothing while another replica leads. */
  send(actions: readonly Action[], about: KubeObject): void;
}

/** The same command to the same member is not repeated sooner; its effect shows much earlier. */
const RESEND_MS = 400;

export function createCourier(options: CourierOptions): Courier {
  const { context } = options;
  const isDue = createResendGuard(context.clock, RESEND_MS);
  return {
    send: (actions, about) => {
      if (!context.isLeader()) return;
      for (const action of actions) {
        if (action.do === 'write' || !isDue(JSON.stringify(action))) continue;
        if (action.do === 'send') void deliver(options, about, action.to, action.command);
        else void replace(options, about, action.member);
      }
    },
  };
}

async function deliver(
  { context, probe }: CourierOptions,
  about: KubeObject,
  to: string,
  command: Command,
): Promise<void> {
  const { kind, term } = command;
  try {
    const answer = await probe(to).command(command);
    if (answer.accepted) return;
    const note = `${to} refused ${kind} for term ${term}: ${answer.reason}`;
    context.events.record(about, { type: 'Warning', reason: 'Refused', action: 'Command', note });
  } catch (error) {
    context.log.debug({ to, kind, term, error: String(error) }, 'command not delivered');
  }
}

async function replace({ context, pod }: CourierOptions, about: KubeObject, member: string): Promise<void> {
  // With its uid: a pod that was replaced meanwhile must not be deleted a second time.
  const body = { preconditions: { uid: pod(member)?.metadata.uid } };
  try {
    await context.api.request('DELETE', objectPath(PODS, context.namespace, member), { body });
    const note = `${member} is replaced by the newest template`;
    context.events.record(about, { type: 'Normal', reason: 'Replaced', action: 'RollingUpdate', note });
  } catch (error) {
    context.log.warn({ member, error: String(error) }, 'pod not deleted');
  }
}
