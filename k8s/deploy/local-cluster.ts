// Our kind cluster, made by the scripts of k8s/kind, while the product's bundles and images are made beside it: both
// take long on a new machine, and neither waits for the other until the images are loaded.
import { join } from 'node:path';
import { buildImages, bundleAll, imageReference } from '../images/build.ts';
import type { Tags } from '../images/build.ts';
import { productName } from '../lib/names.ts';
import type { ImageName } from '../lib/names.ts';
import { run } from '../lib/subprocess.ts';
import { checkRoomForImages } from './preconditions.ts';

const scripts = join(import.meta.dirname, '..', 'kind');
/** From nothing and without registries, two cores compile Kubernetes. */
const deadlineMs = 2_400_000;

export async function script(
  name: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<string> {
  return run('bash', [join(scripts, name), ...args], { deadlineMs, showProgress: true, env, ownGroup: true });
}

/** Ends with a running cluster whose nodes have the product's images. */
export async function localCluster(): Promise<Tags> {
  await script('docker-engine.sh');
  if (await clusterExists()) await checkRoomForImages();
  else await script('preflight.sh');
  const images = { IMAGES: await script('registry.sh') };
  // Without a registry the bases of the product's images are made here too.
  if (images.IMAGES === 'build') await script('images/base.sh');
  // Both to their end, whatever happens to one: a cluster that is half made must not go on being made unwatched.
  const [built, up] = await Promise.allSettled([productImages(), script('up.sh', [], images)]);
  if (up.status === 'rejected') throw up.reason;
  if (built.status === 'rejected') throw built.reason;
  const tags = built.value;
  const references = (Object.entries(tags) as [ImageName, string][]).map(([name, tag]) =>
    imageReference(name, tag),
  );
  await script('load.sh', references);
  return tags;
}

async function clusterExists(): Promise<boolean> {
  const filter = ['--filter', `label=io.x-k8s.kind.cluster=${productName}`];
  return (await run('docker', ['ps', '-aq', ...filter])) !== '';
}

async function productImages(): Promise<Tags> {
  await bundleAll();
  return buildImages();
}
