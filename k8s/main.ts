// Writes the manifests of one profile to dist/manifests/<profile>/: one multi-document file per chart, numbered in
// the order of applying. Fails when a field that a chart was given did not survive the way to YAML.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ApiObject, Chart } from 'cdk8s';
import { stringify } from 'yaml';
import { vanished } from './lib/add.ts';
import { objectsOf, releaseCharts } from './lib/release-charts.ts';
import { profileNamed } from './profiles/known.ts';

export function toYaml(objects: readonly ApiObject[]): string {
  return objects
    .map((object) => stringify(object.toJson(), { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}

function synth(profileName: string): string {
  const { namespace, crds, release } = releaseCharts(profileNamed(profileName));
  const charts: readonly Chart[] = [namespace, crds, ...release];
  const lost = objectsOf(charts).flatMap((object) =>
    vanished(object).map((path) => `${object.kind}/${object.name}: ${path} vanished: set it with newer()`),
  );
  if (lost.length > 0) throw new Error(lost.join('\n'));
  const folder = join('dist', 'manifests', profileName);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  charts.forEach((chart, index) => {
    const file = `${String(index).padStart(2, '0')}-${chart.node.id}.yaml`;
    writeFileSync(join(folder, file), toYaml(objectsOf([chart])));
  });
  return `${folder}: ${objectsOf(charts).length} objects in ${charts.length} files`;
}

if (import.meta.main) {
  try {
    const { values } = parseArgs({ options: { profile: { type: 'string' } } });
    // make exports an empty PROFILE for one that was not given.
    process.stdout.write(`${synth(values.profile ?? (process.env.PROFILE || 'kind'))}\n`);
  } catch (error) {
    process.stderr.write(`synth: ${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
