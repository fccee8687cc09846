// Programs that come from the system: found, installed where we are root on Debian, otherwise named in one line
// with what to do. Nothing is started by installing it.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { weAreRoot } from './processes.ts';

export interface SystemProgram {
  /** Found when any of these exists: a command looked up in PATH, or an absolute path. */
  readonly commands: readonly string[];
  /** Debian's package that brings it. */
  readonly debianPackage: string;
}

const run = promisify(execFile);
const installTimeoutMs = 10 * 60_000;

/** Where the program is, or undefined. */
export function findProgram(program: SystemProgram): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].filter(Boolean);
  const candidates = program.commands.flatMap((command) =>
    command.startsWith('/') ? [command] : folders.map((folder) => `${folder}/${command}`),
  );
  return candidates.find((path) => existsSync(path));
}

/** Makes sure all programs are there. Throws one line naming what is missing and how to get it. */
export async function ensurePrograms(
  programs: readonly SystemProgram[],
  log: (line: string) => void,
): Promise<void> {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((program) => program.debianPackage);
  if (!weAreRoot() || !existsSync('/usr/bin/apt-get')) {
    const names = missing.map((program) => program.commands[0]).join(', ');
    throw new Error(
      `missing: ${names}; install it (on Debian: apt-get install ${packages.join(' ')}) and try again`,
    );
  }
  log(`installing ${packages.join(' ')} from Debian's packages`);
  await aptInstall(packages);
  const still = missing.find((program) => findProgram(program) === undefined);
  if (still) throw new Error(`installed ${still.debianPackage}, but ${still.commands[0] ?? ''} is not there`);
}

async function aptInstall(packages: readonly string[]): Promise<void> {
  // RUNLEVEL=1 keeps Debian's maintainer scripts from starting the servers: we run our own, on our own ports.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const options = { env, timeout: installTimeoutMs, maxBuffer: 16 * 1024 * 1024 };
  const lock = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  try {
    await run('apt-get', [...lock, 'update'], options);
    await run('apt-get', [...lock, 'install', '-y', '--no-install-recommends', ...packages], options);
  } catch (cause) {
    throw new Error(`apt-get could not install ${packages.join(' ')}`, { cause });
  }
}
