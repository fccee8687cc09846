// What the node agent is told by its pod's environment, read once and checked once: a missing or malformed
// value ends the process at start with its name, never later as a wrong route.
import { parseCidr, type Cidr } from './policy/ipv4.ts';

export interface AgentConfig {
  readonly nodeName: string;
  /** The range of all pods of the cluster. */
  readonly podRange: Cidr;
  /** `host:port` of API servers, tried in order until one answers. */
  readonly apiServers: readonly string[];
  readonly healthPort: number;
  /** The node's folders, as mounted into this container. */
  readonly folders: Folders;
  /** The IPAM wrapper's source inside this image, to be copied into `folders.cniBinaries`. */
  readonly ipamScript: string;
  readonly serviceAccount: string;
}

export interface Folders {
  readonly cniConfig: string;
  readonly cniBinaries: string;
  /** Shared with the IPAM wrapper: which sandbox got which address. On tmpfs, so a reboot empties it. */
  readonly run: string;
  /** Survives a reboot. */
  readonly state: string;
}

/** Reads the configuration. Throws naming the variable that is absent or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): AgentConfig {
  const podRange = parseCidr(firstIpv4(required(env, 'POD_SUBNET')));
  if (!podRange) throw new Error(`POD_SUBNET: not an IPv4 range: ${required(env, 'POD_SUBNET')}`);
  return {
    nodeName: required(env, 'NODE_NAME'),
    podRange,
    apiServers: apiServers(env),
    healthPort: Number(env['HEALTH_PORT'] ?? '10271'),
    folders: {
      cniConfig: env['CNI_CONFIG_DIR'] ?? '/etc/cni/net.d',
      cniBinaries: env['CNI_BINARY_DIR'] ?? '/opt/cni/bin',
      run: env['RUN_DIR'] ?? '/run/node-agent',
      state: env['STATE_DIR'] ?? '/var/lib/node-agent',
    },
    ipamScript: env['IPAM_SCRIPT'] ?? '/node-agent/node-agent-ipam',
    serviceAccount: env['SERVICE_ACCOUNT_DIR'] ?? '/var/run/secrets/kubernetes.io/serviceaccount',
  };
}

/**
 * kind adds CONTROL_PLANE_ENDPOINT, a name that resolves before any service does and that follows the control plane
 * to a new address; the service address is second because it needs kube-proxy to have run.
 */
function apiServers(env: NodeJS.ProcessEnv): string[] {
  const servers: string[] = [];
  const direct = env['CONTROL_PLANE_ENDPOINT'];
  if (direct) servers.push(direct);
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (host) servers.push(`${host}:${env['KUBERNETES_SERVICE_PORT'] ?? '443'}`);
  if (servers.length === 0) {
    throw new Error(
      'neither CONTROL_PLANE_ENDPOINT nor KUBERNETES_SERVICE_HOST says where the API server is',
    );
  }
  return servers;
}

function required(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

/** A dual-stack cluster gives both ranges, comma separated; this agent handles the IPv4 one. */
function firstIpv4(ranges: string): string {
  return ranges.split(',').find((range) => !range.includes(':')) ?? ranges;
}
