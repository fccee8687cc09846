// One ES module per program, for Node 24, and one for each part that it loads later or never. Nothing is renamed and a
// source map lies beside it: a stack trace from production must read like the source.
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { build } from 'esbuild';
import type { Bundle } from './definitions.ts';

// CommonJS packages inside an ES module still call require() and know __dirname.
const banner = [
  "import { createRequire as bundleRequire } from 'node:module';",
  'const require = bundleRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join(' ');

/** A line that is a comment: those are left in functions. */
const COMMENT = /^ *(\/\/|\/?\*).*$/gm;
const BEYOND_ASCII = /[^\0-\x7f]/g;

/**
 * A process holds the text of its modules, at two bytes per character when a single one of them is beyond Latin-1: for
 * an em dash in a package's comment the shop held 6 MiB more. What is code esbuild writes in ASCII by itself.
 */
function oneBytePerCharacter(folder: string): void {
  for (const file of readdirSync(folder).filter((name) => extname(name) === '.js')) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(COMMENT, (line) => line.replace(BEYOND_ASCII, '?')),
    );
  }
}

/** The folder of `outfile` then holds this and nothing older. */
export async function bundle({ entry, outfile, assets = [] }: Bundle): Promise<void> {
  const folder = dirname(outfile);
  rmSync(folder, { recursive: true, force: true });
  await build({
    entryPoints: [{ in: entry, out: basename(outfile, '.js') }],
    outdir: folder,
    bundle: true,
    splitting: true,
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
  oneBytePerCharacter(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  for (const asset of assets) {
    cpSync(join(dirname(entry), asset), join(folder, asset), { recursive: true });
  }
}
