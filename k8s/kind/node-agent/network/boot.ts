// What holds on a restarted node until the agent is back, which on the control plane is some seconds after the API server
// has begun to call services and pods: nothing of theirs may leave by the default route meanwhile. A call that did
// was answered by somebody else, and the API server kept that connection for good. The node image runs this
// script at boot, before the kubelet.
import { renderGuard } from '../policy/render.ts';
import { routeChanges } from './routes.ts';

export const BOOT_SCRIPT_NAME = 'boot';

export interface BootRanges {
  readonly podRange: string;
  readonly serviceRanges: readonly string[];
}

export function bootScript({ podRange, serviceRanges }: BootRanges): string {
  const routes = routeChanges([], [{ destination: podRange, via: undefined }]);
  const guard = renderGuard(serviceRanges);
  return [
    '#!/bin/sh',
    '# Written by the node agent, for the time between a restart of this node and its own.',
    ...routes.map((route) => `ip ${route}`),
    "nft -f - <<'RULES'",
    guard + 'RULES',
    '',
  ].join('\n');
}
