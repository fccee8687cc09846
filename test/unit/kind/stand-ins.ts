// Programs that stand in for docker, systemctl and the like while a script of k8s/kind runs: each answers as the test says
// and notes how it was called. The scripts are a copy, so that the folder they keep things in is the test's as well.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const scripts = join(import.meta.dirname, '../../../k8s/kind');
/** What the scripts use of any system. */
const basics =
  'awk basename bash cat comm cut date dirname flock grep head mkdir rm sed seq sh sleep sort tail timeout touch uname wc';

export interface Ended {
  readonly code: number | null;
  readonly said: string;
  /** `docker rm -f -v …`, in their order. */
  readonly calls: readonly string[];
}

export interface StandIns {
  /** Where the scripts note what they started. */
  readonly runFolder: string;
  /** `body`: lines of sh; without it the program says nothing and is content. */
  readonly put: (program: string, body?: string) => void;
  /** Runs the script with nothing on its PATH but what was put there and the basics. */
  readonly run: (script: string, env?: Readonly<Record<string, string>>, args?: readonly string[]) => Ended;
  readonly remove: () => void;
}

function linkBasics(folder: string): void {
  for (const name of basics.split(' ')) {
    const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    if (found !== '') symlinkSync(found, join(folder, name));
  }
}

export function createStandIns(): StandIns {
  const root = mkdtempSync(join(tmpdir(), 'stand-ins-'));
  const [bin, runFolder, calls] = [join(root, 'bin'), join(root, 'run'), join(root, 'calls')];
  for (const folder of [bin, runFolder]) mkdirSync(folder);
  linkBasics(bin);
  cpSync(scripts, join(root, 'k8s/kind'), { recursive: true });
  return {
    runFolder,
    put: (program, body = '') => {
      const file = join(bin, program);
      writeFileSync(file, `#!/bin/sh\necho "${program} $*" >> ${calls}\n${body}\n`);
      chmodSync(file, 0o755);
    },
    run: (script, env = {}, args = []) => {
      writeFileSync(calls, '');
      const { status, stdout, stderr } = spawnSync('bash', [join(root, 'k8s/kind', script), ...args], {
        env: { PATH: bin, HOME: root, MYCLOTHES_RUN_DIR: runFolder, ...env },
        encoding: 'utf8',
      });
      const called = readFileSync(calls, 'utf8').trimEnd().split('\n');
      return { code: status, said: stdout + stderr, calls: called };
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}
