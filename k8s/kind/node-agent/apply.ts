// Brings the node to its plan. Rules come before routes and the CNI configuration, and the wrapper hears last: nothing
// can start on this node before its policies are in the kernel. Rules that are already there are not sent again,
// except when `everything` is asked for, which also heals what somebody else removed.
import { join } from 'node:path';
import type { AgentConfig } from './config.ts';
import { installCni } from './network/cni.ts';
import { BOOT_SCRIPT_NAME } from './network/boot.ts';
import { run } from './network/exec.ts';
import { replaceFile } from './network/files.ts';
import { acknowledge, announceSynced } from './network/leases.ts';
import { syncRoutes, uplinkMtu } from './network/routes.ts';
import type { Plan } from './plan.ts';

export interface Applied {
  readonly rulesChanged: boolean;
  readonly routesChanged: number;
}

export type Apply = (plan: Plan, options: { readonly everything: boolean }) => Promise<Applied>;

const NFT_TIMEOUT_MS = 10_000;

export function createApply({ folders, ipamScript }: Pick<AgentConfig, 'folders' | 'ipamScript'>): Apply {
  let rulesInKernel: string | undefined;
  let routesInKernel: string | undefined;

  return async function apply(plan, { everything }) {
    const rulesChanged = everything || plan.rules !== rulesInKernel;
    if (rulesChanged) {
      rulesInKernel = undefined;
      await run('nft', ['-f', '-'], { stdin: plan.rules, timeoutMs: NFT_TIMEOUT_MS });
      rulesInKernel = plan.rules;
    }
    // Before the routes: a new pod waits for this, and its rules are all it waits for.
    await acknowledge(folders.run, plan.knownLeases);
    const routes = JSON.stringify(plan.routes);
    let routesChanged = 0;
    if (everything || routes !== routesInKernel) {
      routesInKernel = undefined;
      routesChanged = await syncRoutes(plan.routes);
      await installCni({
        configFolder: folders.cniConfig,
        binaryFolder: folders.cniBinaries,
        ipamScript,
        settings: { podCidr: plan.podCidr.text, mtu: await uplinkMtu() },
      });
      await replaceFile(join(folders.state, BOOT_SCRIPT_NAME), plan.bootScript, 0o755);
      await announceSynced(folders.run);
      routesInKernel = routes;
    }
    return { rulesChanged, routesChanged };
  };
}

export const leaseFolder = (runFolder: string): string => join(runFolder, 'pods');
