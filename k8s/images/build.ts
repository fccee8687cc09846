// Builds the product images that are not there yet, two at a time, and says what each took. Images depend on the
// content of their inputs only: nothing changed means nothing built.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { relative } from 'node:path';
import type { ImageName } from '../lib/names.ts';
import { images, productName } from '../lib/names.ts';
import { say, since } from '../lib/progress.ts';
import { run } from '../lib/subprocess.ts';
import { bundle } from './bundle.ts';
import { imageDefinitions } from './definitions.ts';
import type { ImageDefinition } from './definitions.ts';
import { inputsOf, tagOf } from './inputs.ts';

export type Tags = Readonly<Record<ImageName, string>>;

const buildDeadlineMs = 900_000;
const pullDeadlineMs = 300_000;

/** Bundles need no engine and no base image: this can run while a cluster is being made. */
export async function bundleAll(only: readonly ImageName[] = images): Promise<void> {
  const start = performance.now();
  const definitions = imageDefinitions.filter(({ name }) => only.includes(name));
  await Promise.all(definitions.map(async ({ bundle: wanted }) => wanted && bundle(wanted)));
  say(`bundles (${since(start)})`);
}

/** Needs bundleAll() before. Returns the tag of every image. */
export async function buildImages(only: readonly ImageName[] = images): Promise<Tags> {
  const tags: [ImageName, string][] = [];
  // Postgres and Redis install packages, the others copy files: one of each kind at a time keeps two cores busy.
  const lanes = [
    ['postgres', 'redis'],
    ['app', 'operator'],
  ].map(async (names) => {
    for (const definition of imageDefinitions.filter(
      ({ name }) => names.includes(name) && only.includes(name),
    )) {
      tags.push([definition.name, await buildImage(definition)]);
    }
  });
  await Promise.all(lanes);
  return Object.fromEntries(tags) as Tags;
}

export function imageReference(name: ImageName, tag: string): string {
  return `${productName}/${name}:${tag}`;
}

async function buildImage(definition: ImageDefinition): Promise<string> {
  const start = performance.now();
  const { name, dockerfile, context } = definition;
  const { bases, files } = inputsOf(dockerfile, context);
  const baseIds = await Promise.all(bases.map(baseId));
  const tag = tagOf(dockerfile, context, files, baseIds);
  const reference = imageReference(name, tag);
  if (await exists(reference)) {
    say(`image ${reference} is there`);
    return tag;
  }
  await buildFrom(definition, files, reference);
  say(`image ${reference} built (${since(start)})`);
  return tag;
}

/** Only the inputs are sent: the folder also holds packages and caches of hundreds of megabytes. */
async function buildFrom(
  { dockerfile, context }: ImageDefinition,
  files: readonly string[],
  reference: string,
): Promise<void> {
  const dockerfileThere = relative(context, dockerfile);
  const tar = spawn('tar', ['-cf', '-', '-C', context, dockerfileThere, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const options = { deadlineMs: buildDeadlineMs, input: tar.stdout, env: { DOCKER_BUILDKIT: '0' } };
  const build = run('docker', ['build', '--quiet', '-t', reference, '-f', dockerfileThere, '-'], options);
  const ends = await Promise.allSettled([build, packed(tar)]);
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure === undefined) return;
  // Built from a part of its files it would be found under its tag from now on.
  await run('docker', ['image', 'rm', '--force', reference]).catch(() => undefined);
  throw failure.reason;
}

function packed(tar: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    tar.once('error', reject).once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`tar: exit ${code ?? 'by signal'}: the inputs of the image are not complete`));
    });
  });
}

async function exists(reference: string): Promise<boolean> {
  return (await run('docker', ['image', 'ls', '--quiet', reference])) !== '';
}

/** The base image's id; pulled when it is not on this machine. */
async function baseId(reference: string): Promise<string> {
  if (!(await exists(reference))) {
    await run('docker', ['pull', '--quiet', reference], { deadlineMs: pullDeadlineMs });
  }
  return run('docker', ['image', 'inspect', '--format', '{{.Id}}', reference]);
}

/** No names: all. */
function named(names: readonly string[]): readonly ImageName[] {
  const unknown = names.filter((name) => !images.some((image) => image === name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: unknown; known are ${images.join(', ')}`);
  return names.length === 0 ? images : images.filter((image) => names.includes(image));
}

if (import.meta.main) {
  try {
    const only = named(process.argv.slice(2));
    await bundleAll(only);
    await buildImages(only);
  } catch (error) {
    process.stderr.write(`images: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
