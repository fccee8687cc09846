// What containerd needs to give a pod its network: the CNI configuration and the IPAM wrapper it names.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './files.ts';

export const CNI_CONFIG_NAME = '10-node-agent.conflist';
export const IPAM_NAME = 'node-agent-ipam';

export interface CniSettings {
  readonly podCidr: string;
  readonly mtu: number;
}

export function cniConfig({ podCidr, mtu }: CniSettings): string {
  const ipam = {
    type: IPAM_NAME,
    // On tmpfs, like the sandboxes: after a reboot neither exists.
    dataDir: '/run/cni-ipam-state',
    routes: [{ dst: '0.0.0.0/0' }],
    ranges: [[{ subnet: podCidr }]],
  };
  const plugins = [
    { type: 'ptp', ipMasq: false, mtu, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  return `${JSON.stringify({ cniVersion: '0.4.0', name: 'node-agent', plugins }, undefined, 2)}\n`;
}

export interface InstallPlan {
  readonly configFolder: string;
  readonly binaryFolder: string;
  readonly ipamScript: string;
  readonly settings: CniSettings;
}

/** Puts the wrapper in place, then the configuration that names it. */
export async function installCni(plan: InstallPlan): Promise<void> {
  const script = await readFile(plan.ipamScript, 'utf8');
  await replaceFile(join(plan.binaryFolder, IPAM_NAME), script, 0o755);
  await replaceFile(join(plan.configFolder, CNI_CONFIG_NAME), cniConfig(plan.settings), 0o644);
}
