// Images for a cluster that somebody named: pushed to its registry, or loaded into the nodes of a kind cluster.
import { buildImages, bundleAll, imageReference } from '../images/build.ts';
import type { Tags } from '../images/build.ts';
import type { ImageName } from '../lib/names.ts';
import { say, since } from '../lib/progress.ts';
import { run } from '../lib/subprocess.ts';

const transferDeadlineMs = 900_000;

export async function deliverImages(context: string, registry: string | undefined): Promise<Tags> {
  await bundleAll();
  const tags = await buildImages();
  const references = (Object.entries(tags) as [ImageName, string][]).map(([name, tag]) =>
    imageReference(name, tag),
  );
  if (registry === undefined) {
    const name = context.replace(/^kind-/, '');
    await run('kind', ['load', 'docker-image', '--name', name, ...references], {
      deadlineMs: transferDeadlineMs,
    });
    return tags;
  }
  for (const reference of references) await push(reference, `${registry}/${reference}`);
  return tags;
}

/** A tag is its content: what the registry has already is not sent again. */
async function push(local: string, remote: string): Promise<void> {
  const start = performance.now();
  const isThere = await run('docker', ['manifest', 'inspect', remote]).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await run('docker', ['tag', local, remote]);
  await run('docker', ['push', '--quiet', remote], { deadlineMs: transferDeadlineMs });
  say(`pushed ${remote} (${since(start)})`);
}
