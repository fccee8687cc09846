// Namespace, definitions, chart: in this order, each safe to repeat. Helm does not wait; what becomes ready when is
// watched afterwards, with more to say than Helm has.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeChart } from '../helm/generate.ts';
import type { Tags } from '../images/build.ts';
import { objectsOf, releaseCharts } from '../lib/release-charts.ts';
import { say, since } from '../lib/progress.ts';
import { toYaml } from '../main.ts';
import type { Settings } from './settings.ts';
import { Refusal } from './settings.ts';
import { condition, getList, helm, kubectl } from './target.ts';
import type { KubeObject, Target } from './target.ts';

/** Generated anew: a chart that lags behind the constructs must not be installed by accident. */
const chart = join(import.meta.dirname, '..', '..', '.cache', 'chart', 'myclothes');
const helmDeadlineMs = 120_000;
/** Longer than any Helm run of ours: an older unfinished one was interrupted. */
const pendingMs = 300_000;

export async function install(target: Target, settings: Settings, tags: Tags): Promise<void> {
  const start = performance.now();
  writeChart(chart);
  const { namespace, crds } = releaseCharts(settings.profile);
  await apply(target, toYaml(objectsOf([namespace])));
  await apply(target, toYaml(objectsOf([crds])));
  const established = ['wait', '--for=condition=Established', '--timeout=30s'];
  await kubectl(target, [...established, ...objectsOf([crds]).map(({ name }) => `crd/${name}`)]);
  await Promise.all([forgetInterrupted(target), removeFailedJobs(target)]);
  const { name } = settings.profile.release;
  await helm(target, ['upgrade', '--install', name, chart, ...values(settings, tags)], {
    deadlineMs: helmDeadlineMs,
  });
  say(`chart installed (${since(start)})`);
}

async function apply(target: Target, yaml: string): Promise<void> {
  await kubectl(target, ['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: yaml });
}

function values({ profile, registry, valuesFile }: Settings, tags: Tags): string[] {
  const ofProfile = join(chart, `values-${profile.name}.yaml`);
  // As strings: a hash like 123e4567 is a number to Helm otherwise.
  const sets = Object.entries(tags).flatMap(([name, tag]) => ['--set-string', `images.${name}.tag=${tag}`]);
  return [
    ...(existsSync(ofProfile) ? ['--values', ofProfile] : []),
    ...(valuesFile === undefined ? [] : ['--values', valuesFile]),
    ...(registry === undefined ? [] : ['--set-string', `images.registry=${registry}`]),
    ...sets,
  ];
}

/** Helm refuses to go on after a run that was killed; its record of that run says `pending` for ever. */
async function forgetInterrupted(target: Target): Promise<void> {
  const pending = 'status in (pending-install,pending-upgrade,pending-rollback)';
  const records = await getList(target, 'secrets', `owner=helm,${pending}`);
  for (const { metadata } of records) {
    const ageMs = Date.now() - Date.parse(metadata.creationTimestamp);
    if (!target.isLocal && ageMs < pendingMs) {
      throw new Refusal(`helm is at work on this release (${metadata.name}): wait for it`);
    }
    say(`forgetting an interrupted helm run (${metadata.name})`);
    await kubectl(target, ['delete', 'secret', metadata.name, '-n', target.namespace]);
  }
}

/** A Job that gave up stays failed under its name; this deployment gets a new try. */
async function removeFailedJobs(target: Target): Promise<void> {
  const jobs = await getList(target, 'jobs', 'app.kubernetes.io/component=migrate');
  const failed = jobs.filter((job: KubeObject) => condition(job, 'Failed')?.status === 'True');
  for (const { metadata } of failed) {
    await kubectl(target, ['delete', 'job', metadata.name, '-n', target.namespace, '--wait=true']);
  }
}
