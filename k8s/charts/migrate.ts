// The Job that brings the schema and the seed data up to the app's version, once per image. Its name carries the
// image's tag and a hash of all else in its template, because a Job cannot be changed: same name, same Job.
import { createHash } from 'node:crypto';
import { Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import { appContainer, appVolumes } from '../lib/app-container.ts';
import { metadata } from '../lib/metadata.ts';
import { podTemplate } from '../lib/pod.ts';
import type { Profile } from '../profiles/profile.ts';

const daySeconds = 86_400;
const size = { cpu: '50m', memory: '128Mi', memoryLimit: '256Mi', disk: '128Mi' };

export function migrateChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'migrate');
  // As the chart's template does (k8s/helm/migrate-name.ts); here nobody names pull secrets or nodes.
  const images = sixOf(`${migrationHash(profile)} ${profile.registry} [] {} []`);
  const name = `app-migrate-${profile.tags.app}-${images}`;
  add(chart, k8s.KubeJob, 'Job/app-migrate', {
    metadata: metadata(profile.release, name, 'migrate'),
    spec: jobSpec(profile),
  });
  return chart;
}

function jobSpec(profile: Profile): k8s.JobSpec {
  const container = appContainer(profile, size, {});
  return {
    // A first start waits for images, volumes and the first primary, for hours where somebody has to bring them: a Job
    // that has given up is not made again by an upgrade. Each try ends by itself, and tries come ever more rarely.
    backoffLimit: 1_000,
    ttlSecondsAfterFinished: daySeconds,
    template: podTemplate({
      tier: 'migrate',
      release: profile.release,
      serviceAccount: 'app',
      graceSeconds: 30,
      restartPolicy: 'OnFailure',
      initContainers: [{ ...container, name: 'migrate', args: ['migrate'] }],
      containers: [{ ...container, name: 'seed', args: ['seed'] }],
      volumes: appVolumes(),
    }),
  };
}

/** Of the template but for what a deployment names: registry and tag, release and namespace. */
export function migrationHash(profile: Profile): string {
  const release = { name: '', namespace: '', version: '' };
  const neutral = { ...profile, release, registry: '', tags: { ...profile.tags, app: '' } };
  return sixOf(JSON.stringify(jobSpec(neutral)));
}

function sixOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
