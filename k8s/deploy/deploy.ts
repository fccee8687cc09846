// `make deploy`: from whatever is there to a shop that answers. Every step is skipped where its result is there, so
// that an interrupted run is carried on by the next; ends by printing the URL on standard output.
import { productName } from '../lib/names.ts';
import { say } from '../lib/progress.ts';
import { killRunning } from '../lib/subprocess.ts';
import { publicUrl, waitForPage } from './address.ts';
import { checks } from './checks.ts';
import { install } from './install.ts';
import { localCluster, script } from './local-cluster.ts';
import { lockDeployment, lockFile } from './lock.ts';
import { proveCart } from './prove.ts';
import { checkNamedContext, checkOwnValues, checkTool } from './preconditions.ts';
import { deliverImages } from './remote-images.ts';
import { Refusal, readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { targetOf } from './target.ts';
import type { Target } from './target.ts';
import { waitUntilReady } from './wait.ts';

const readyDeadlineMs = 600_000;
const pageDeadlineMs = 60_000;

async function deploy(settings: Settings, target: Target): Promise<void> {
  const since = new Date();
  checkOwnValues(settings);
  await checkTool('tar', 'install it');
  const tags = target.isLocal ? await localCluster() : await named(settings, target);
  await install(target, settings, tags);
  await waitUntilReady(target, checks(tags.app, since), readyDeadlineMs);
  const url = await publicUrl(target);
  if (target.isLocal) {
    const { elapsedMs } = await waitForPage(url, pageDeadlineMs);
    await proveCart(url, pageDeadlineMs);
    say(`the shop answers in ${elapsedMs} ms, and a cart was filled`);
  }
  process.stdout.write(`${url}\n`);
}

async function named(settings: Settings, target: Target): ReturnType<typeof deliverImages> {
  await checkTool('docker', 'install it, the images are built with it');
  await script('tools.sh');
  await checkNamedContext(target);
  return deliverImages(target.context, settings.registry);
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const release = lockDeployment(lockFile(`${productName}-deploy`));
  // A compiler or a half-made cluster must not stay at work unwatched.
  const stop = () => {
    killRunning();
    release();
    process.exit(130);
  };
  process.once('SIGTERM', stop).once('SIGINT', stop).once('SIGHUP', stop);
  try {
    await deploy(settings, targetOf(settings));
  } finally {
    release();
  }
}

try {
  await main();
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`${error instanceof Refusal ? message : `deploy: ${message}`}\n`);
  process.exitCode = 1;
}
