// What an image is made of: its Dockerfile, the files its COPY instructions name, and the image it starts from. The
// hash of all that is the image's tag, so that a tag never changes its content and no build is done twice.
import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Inputs {
  readonly bases: readonly string[];
  /** Relative to the context, sorted. */
  readonly files: readonly string[];
}

const tagLength = 12;

/** Throws when a COPY instruction names something that is not there. */
export function inputsOf(dockerfile: string, context: string): Inputs {
  const lines = readFileSync(dockerfile, 'utf8').replaceAll('\\\n', ' ').split('\n');
  const bases = lines.flatMap((line) => /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(line)?.[1] ?? []);
  const files = lines.flatMap((line) =>
    copied(line).flatMap((source) => filesOf(source, context, dockerfile)),
  );
  return { bases, files: [...new Set(files)].sort() };
}

export function tagOf(
  dockerfile: string,
  context: string,
  files: readonly string[],
  baseIds: readonly string[],
): string {
  const hash = createHash('sha256').update(baseIds.join('\n')).update(readFileSync(dockerfile));
  for (const file of files) {
    const path = join(context, file);
    const executable = (statSync(path).mode & 0o100) !== 0;
    hash.update(`\0${file}\0${executable ? 'x' : '-'}\0`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, tagLength);
}

function copied(line: string): string[] {
  const words = line.trim().split(/\s+/);
  if (words[0]?.toUpperCase() !== 'COPY' || words.some((word) => word.startsWith('--from='))) return [];
  return words.slice(1, -1).filter((word) => !word.startsWith('--'));
}

function filesOf(source: string, context: string, dockerfile: string): string[] {
  const matches = globSync(source.replace(/\/$/, ''), { cwd: context });
  const files = matches.flatMap((match) =>
    statSync(join(context, match)).isDirectory()
      ? globSync(`${match}/**/*`, { cwd: context }).filter((file) => statSync(join(context, file)).isFile())
      : [match],
  );
  if (files.length === 0) {
    throw new Error(`${dockerfile}: COPY ${source}: there is no such file in ${context}`);
  }
  return files;
}
