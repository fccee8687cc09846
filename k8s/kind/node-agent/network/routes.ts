// Routes to the other nodes' pods. The agent's routes carry a protocol number of their own, so that it can tell them from
// everybody else's and remove those that are no longer wanted. What no route claims ends in the black hole for
// the whole pod range: it must not leave by the default route, where something may answer it.
import { run } from './exec.ts';

export interface Route {
  readonly destination: string;
  /** Undefined: a black hole. */
  readonly via: string | undefined;
}

/** Marks the agent's routes; any number that /etc/iproute2/rt_protos does not name. */
const PROTOCOL = '116';
const TIMEOUT_MS = 5000;

export interface NodeNetwork {
  readonly name: string;
  readonly podCidr: string | undefined;
  readonly internalIp: string | undefined;
}

export function desiredRoutes(nodes: Iterable<NodeNetwork>, ownName: string, podRange: string): Route[] {
  const routes: Route[] = [{ destination: podRange, via: undefined }];
  for (const { name, podCidr, internalIp } of nodes) {
    if (name === ownName || !podCidr || !internalIp) continue;
    routes.push({ destination: podCidr, via: internalIp });
  }
  return routes;
}

/** The batch for `ip` that turns the present routes into the desired ones; empty when they are equal. */
export function routeChanges(present: readonly Route[], desired: readonly Route[]): string[] {
  const has = (routes: readonly Route[], { destination, via }: Route): boolean =>
    routes.some((route) => route.destination === destination && route.via === via);
  const wanted = (destination: string): boolean => desired.some((route) => route.destination === destination);
  return [
    ...desired.filter((route) => !has(present, route)).map((route) => `route replace ${text(route)}`),
    ...present.filter(({ destination }) => !wanted(destination)).map((route) => `route del ${text(route)}`),
  ];
}

function text({ destination, via }: Route): string {
  const route = via ? `${destination} via ${via}` : `blackhole ${destination}`;
  return `${route} proto ${PROTOCOL}`;
}

interface IpRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
}

/** Makes the kernel's routes the desired ones. Returns how many were changed. */
export async function syncRoutes(desired: readonly Route[]): Promise<number> {
  const json = await run('ip', ['-json', '-4', 'route', 'show', 'proto', PROTOCOL], {
    timeoutMs: TIMEOUT_MS,
  });
  const present = (JSON.parse(json || '[]') as IpRoute[]).map(({ dst, gateway }) => ({
    destination: dst,
    via: gateway,
  }));
  const changes = routeChanges(present, desired);
  if (changes.length === 0) return 0;
  // -force: one route that cannot be set (a node that is just leaving) must not keep the others away.
  await run('ip', ['-force', '-batch', '-'], { stdin: `${changes.join('\n')}\n`, timeoutMs: TIMEOUT_MS });
  return changes.length;
}

/** MTU of the interface that the default route leaves by, which is what pods' packets must fit through. */
export async function uplinkMtu(): Promise<number> {
  const routes = await run('ip', ['-json', '-4', 'route', 'show', 'default'], { timeoutMs: TIMEOUT_MS });
  const device = (JSON.parse(routes || '[]') as IpRoute[])[0]?.dev;
  if (!device) throw new Error('there is no default route to take the MTU from');
  const links = await run('ip', ['-json', 'link', 'show', 'dev', device], { timeoutMs: TIMEOUT_MS });
  const mtu = (JSON.parse(links) as { mtu?: number }[])[0]?.mtu;
  if (!mtu) throw new Error(`${device} has no MTU`);
  return mtu;
}
