// Makes the build context of the node agent's image: `node k8s/kind/node-agent/bundle.ts [FOLDER]` puts the bundle,
// the IPAM wrapper and the Dockerfile there (default dist/node-agent), ready for `docker build FOLDER`.
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;

export async function bundleNodeAgent(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [join(here, 'main.ts')],
    outfile: join(folder, 'main.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    legalComments: 'none',
    logLevel: 'warning',
  });
  for (const name of ['node-agent-ipam', 'Dockerfile']) await copyFile(join(here, name), join(folder, name));
  await chmod(join(folder, 'node-agent-ipam'), 0o755);
}

if (import.meta.main) await bundleNodeAgent(process.argv[2] ?? 'dist/node-agent');
