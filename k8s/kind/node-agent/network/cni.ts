// What containerd needs to give a pod its network: the CNI configuration and the IPAM wrapper it names. Files are
// replaced by rename, so that containerd never reads half of one, and only when their content differs.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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

async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const present = await readFile(path, 'utf8').catch(() => undefined);
  if (present === content) return;
  await mkdir(join(path, '..'), { recursive: true });
  const draft = `${path}.draft`;
  await writeFile(draft, content, { mode });
  await rename(draft, path);
}
