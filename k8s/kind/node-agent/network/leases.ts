// The addresses that pods of this node were given, as the IPAM wrapper recorded them: one file per sandbox, line 1 the
// CNI arguments (which pod), then the IPAM result (which address). A file that cannot be read counts as absent: its
// address stays unknown, and unknown addresses are dropped.
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Lease {
  /** Of the sandbox. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** Undefined with container runtimes that do not tell it. */
  readonly uid: string | undefined;
  readonly ip: string;
  readonly writtenAtMs: number;
}

const FOLDERS = ['pods', 'applied'] as const;
const MAX_LEASES = 1000;

export async function prepareLeases(runFolder: string): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(runFolder, folder), { recursive: true, mode: 0o700 });
}

/** All leases, the oldest first. */
export async function readLeases(runFolder: string): Promise<Lease[]> {
  const folder = join(runFolder, 'pods');
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.')).slice(0, MAX_LEASES);
  const leases = await Promise.all(names.map((id) => readLease(folder, id)));
  return leases.filter((lease) => lease !== undefined).sort((a, b) => a.writtenAtMs - b.writtenAtMs);
}

async function readLease(folder: string, id: string): Promise<Lease | undefined> {
  try {
    const path = join(folder, id);
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return parseLease(id, text, mtimeMs);
  } catch {
    return undefined;
  }
}

export function parseLease(id: string, text: string, writtenAtMs: number): Lease | undefined {
  const [line = '', ...json] = text.split('\n');
  const args = new Map(line.split(';').map((pair) => pair.split('=', 2) as [string, string]));
  const namespace = args.get('K8S_POD_NAMESPACE');
  const name = args.get('K8S_POD_NAME');
  const ip = firstIpv4(json.join('\n'));
  if (!namespace || !name || !ip) return undefined;
  return { id, namespace, name, uid: args.get('K8S_POD_UID'), ip, writtenAtMs };
}

function firstIpv4(json: string): string | undefined {
  const result = JSON.parse(json) as { ips?: { address?: string }[] };
  const addresses = (result.ips ?? []).map(({ address }) => address?.split('/')[0]);
  return addresses.find((address) => address !== undefined && !address.includes(':'));
}

/** Tells the wrapper, which is waiting, that the kernel has the rules for these sandboxes; forgets those that are gone. */
export async function acknowledge(runFolder: string, applied: ReadonlySet<string>): Promise<void> {
  const folder = join(runFolder, 'applied');
  const present = new Set(await readdir(folder));
  for (const id of applied) if (!present.has(id)) await writeFile(join(folder, id), '');
  for (const id of present) if (!applied.has(id)) await rm(join(folder, id), { force: true });
}

/** From now on pods may start on this node. */
export async function announceSynced(runFolder: string): Promise<void> {
  await writeFile(join(runFolder, 'synced'), '');
}
