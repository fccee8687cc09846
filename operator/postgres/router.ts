// Writes who is routed, and only when that changed: the writers' Service first, because it is what an outage waits for.
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import { writeSlice } from './endpoint-slices.ts';
import type { Endpoint } from './endpoint-slices.ts';
import type { PostgresSetSpec } from './resource.ts';
import type { Routes } from './routes.ts';

export interface Router {
  /** Throws ApiError. Does nothing while another replica leads. */
  route(services: PostgresSetSpec['services'], routes: Routes, owner: KubeObject): Promise<void>;
}

/** `endpoint` says where a member is now; null while it is nowhere. */
export function createRouter(
  { api, namespace, log, isLeader }: ControllerContext,
  endpoint: (member: string) => Endpoint | null,
): Router {
  const routed = new Map<string, string>();
  const routeOne = async (service: string, members: readonly string[] | 'keep', owner: KubeObject) => {
    if (members === 'keep' || !isLeader()) return;
    const endpoints = members.flatMap((name) => endpoint(name) ?? []);
    const text = JSON.stringify(endpoints);
    if (routed.get(service) === text) return;
    await writeSlice({ api, namespace, service, owner, endpoints });
    routed.set(service, text);
    log.info({ service, members }, 'routed');
  };
  return {
    route: async (services, { rw, ro }, owner) => {
      await routeOne(services.rw, rw, owner);
      await routeOne(services.ro, ro, owner);
    },
  };
}
