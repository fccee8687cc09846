// Two sources drift; these prove that the chart and the constructs are one.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { chartFiles } from '../../k8s/helm/chart-files.ts';
import { objectsOf, releaseCharts } from '../../k8s/lib/release-charts.ts';
import { eks } from '../../k8s/profiles/eks.ts';
import { kind } from '../../k8s/profiles/kind.ts';
import { byId, chartFolder, helmTemplate } from './helm.ts';
import type { KubeJson } from './helm.ts';
import { release } from './synthesized.ts';

describe('The Helm chart', () => {
  it('with its defaults equals synth, object for object', async () => {
    const { crds } = releaseCharts(kind);
    const definitions = objectsOf([crds]).map((object) => object.toJson() as KubeJson);

    const rendered = await helmTemplate('--include-crds');

    expect(byId(rendered)).to.deep.equal(byId([...definitions, ...release(kind)]));
  });

  it('with values-eks.yaml equals synth of the profile eks, object for object', async () => {
    const rendered = await helmTemplate('--values', join(chartFolder, 'values-eks.yaml'));

    expect(byId(rendered)).to.deep.equal(byId(release(eks)));
  });

  it('is committed as it is generated', () => {
    const generated = Object.fromEntries(chartFiles());
    const names = readdirSync(chartFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(chartFolder.length + 1));

    const committed = Object.fromEntries(
      names.map((name) => [name, readFileSync(join(chartFolder, name), 'utf8')]),
    );

    expect(Object.keys(committed).sort()).to.deep.equal(Object.keys(generated).sort());
    for (const name of names) expect(committed[name], `${name}: run make chart`).to.equal(generated[name]);
  });

  it('is generated the same way twice', () => {
    expect([...chartFiles()]).to.deep.equal([...chartFiles()]);
  });

  it('follows the names of release and namespace', async () => {
    const fixed = ['--kube-version', '1.34.0'];
    const objects = await helmTemplate('--namespace', 'elsewhere', ...fixed);

    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).to.deep.equal(new Set(['elsewhere']));
    const peers = JSON.stringify(objects).match(/pg-peers\.[a-z]+\.svc/g);
    expect(new Set(peers)).to.deep.equal(new Set(['pg-peers.elsewhere.svc']));
  });
});
