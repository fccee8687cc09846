// One ES module per program, for Node 24. Nothing is renamed and a source map lies beside it: a stack trace from
// production must read like the source.
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import type { Bundle } from './definitions.ts';

// CommonJS packages inside an ES module still call require() and know __dirname.
const banner = [
  "import { createRequire as bundleRequire } from 'node:module';",
  'const require = bundleRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join(' ');

/** The folder of `outfile` then holds this and nothing older. */
export async function bundle({ entry, outfile, assets = [] }: Bundle): Promise<void> {
  const folder = dirname(outfile);
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    sourcemap: 'linked',
    sourcesContent: false,
    minifySyntax: true,
    legalComments: 'none',
    // Optional and native: pg asks for it only when told to.
    external: ['pg-native'],
    logLevel: 'silent',
  });
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  for (const asset of assets) {
    cpSync(join(dirname(entry), asset), join(folder, asset), { recursive: true });
  }
}
