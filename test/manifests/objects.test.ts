// Rules for all objects of every profile: that what points at something finds it, and that nothing secret or
// unlabelled is in a manifest.
import { expect } from 'chai';
import { ApiObject, Chart, App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add, vanished } from '../../k8s/lib/add.ts';
import { newer } from '../../k8s/lib/newer.ts';
import { objectsOf, releaseCharts } from '../../k8s/lib/release-charts.ts';
import { byId, idOf } from './helm.ts';
import { profiles, release, selects, workloads } from './synthesized.ts';

interface ServiceSpec {
  readonly selector?: Record<string, string>;
  readonly ports: readonly { readonly name: string; readonly targetPort: string }[];
}

interface MountedSecret {
  readonly secretName: string;
  readonly items: readonly { readonly key: string }[];
  /** Brought by the user, who knows its keys. */
  readonly optional?: boolean;
}

/** The operator writes the EndpointSlices of these. */
const withoutSelector = ['pg-rw', 'pg-ro'];

for (const profile of profiles) {
  describe(`The objects of profile ${profile.name}`, () => {
    const objects = release(profile);
    const pods = workloads(objects);

    it('have everything their constructs were given', () => {
      const { namespace, crds, release: charts } = releaseCharts(profile);
      const lost = objectsOf([namespace, crds, ...charts]).flatMap(vanished);
      expect(lost).to.deep.equal([]);
    });

    it('have names of their own', () => {
      expect(Object.keys(byId(objects))).to.have.lengthOf(objects.length);
    });

    it('are in the release namespace and carry the recommended labels', () => {
      for (const object of objects) {
        expect(object.metadata.namespace, idOf(object)).to.equal(profile.release.namespace);
        for (const label of ['name', 'instance', 'part-of', 'version', 'managed-by']) {
          expect(object.metadata.labels, idOf(object)).to.have.property(`app.kubernetes.io/${label}`);
        }
      }
    });

    it('select pods by labels that never change and that their pods have', () => {
      for (const { id, spec, labels } of pods.filter(({ kind }) => kind !== 'Job')) {
        const { matchLabels } = spec.selector as { matchLabels: Record<string, string> };
        expect(Object.keys(matchLabels), id).to.have.members([
          'app.kubernetes.io/name',
          'app.kubernetes.io/instance',
          'app.kubernetes.io/component',
        ]);
        expect(selects(matchLabels, labels), id).to.equal(true);
      }
    });

    it('of two workloads never select the same pods', () => {
      for (const { id, spec } of pods.filter(({ kind }) => kind !== 'Job')) {
        const { matchLabels } = spec.selector as { matchLabels: Record<string, string> };
        expect(pods.filter(({ labels }) => selects(matchLabels, labels)).map((pod) => pod.id)).to.deep.equal([
          id,
        ]);
      }
    });

    it('of kind Service lead to named ports of exactly one workload', () => {
      for (const { metadata, spec } of objects.filter(({ kind }) => kind === 'Service')) {
        const { selector, ports } = spec as ServiceSpec;
        if (withoutSelector.includes(metadata.name)) {
          expect(selector).to.equal(undefined);
          continue;
        }
        const { 'statefulset.kubernetes.io/pod-name': podName, ...byTier } = selector ?? {};
        const found = pods.filter(({ labels }) => selects(byTier, labels));
        expect(found, metadata.name).to.have.lengthOf(1);
        if (podName !== undefined) expect(podName).to.equal(metadata.name);
        const offered = found[0]?.containers
          .flatMap((container) => container.ports ?? [])
          .map(({ name }) => name);
        expect(offered, metadata.name).to.include.members(ports.map(({ targetPort }) => targetPort));
      }
    });

    it('give every workload that stays a budget of one pod', () => {
      const budgets = objects.filter(({ kind }) => kind === 'PodDisruptionBudget');
      for (const { id, labels } of pods.filter(({ kind }) => kind !== 'Job')) {
        const [budget, ...more] = budgets.filter(({ spec }) =>
          selects(
            (spec as { selector: { matchLabels: Record<string, string> } }).selector.matchLabels,
            labels,
          ),
        );
        expect(more, id).to.be.empty;
        expect(budget?.spec, id).to.include({ maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' });
      }
    });

    it('leave the number of app pods to the autoscaler, which never goes below three', () => {
      const { 'Deployment/app': app, 'HorizontalPodAutoscaler/app': scaler } = byId(objects);
      expect(app?.spec).not.to.have.property('replicas');
      expect((scaler?.spec as { minReplicas: number }).minReplicas).to.be.at.least(3);
    });

    it('hold no secret: Secrets are empty and outlive the release', () => {
      const secrets = objects.filter(({ kind }) => kind === 'Secret');
      expect(secrets).to.have.lengthOf(7);
      for (const secret of secrets) {
        expect(secret).not.to.have.any.keys('data', 'stringData');
        expect(JSON.stringify(secret.metadata)).to.contain('"helm.sh/resource-policy":"keep"');
      }
    });

    it('name in every mounted Secret only keys that are generated or issued', () => {
      const generated = Object.fromEntries(
        objects
          .filter(({ kind }) => kind === 'Secret')
          .map(({ metadata }) => {
            const { annotations } = metadata as unknown as { annotations: Record<string, string> };
            const keys = (annotations['quorum.dev/generate'] ?? '')
              .split(',')
              .map((key) => key.split(':')[0]);
            const isCertificate = annotations['quorum.dev/certificate'] !== undefined;
            return [metadata.name, isCertificate ? ['ca.crt', 'tls.crt', 'tls.key'] : keys];
          }),
      );
      for (const { id, pod } of pods) {
        for (const { secret } of pod.volumes) {
          if (!secret) continue;
          const { secretName, items, optional } = secret as MountedSecret;
          if (optional === true) continue;
          expect(generated[secretName], `${id} ${secretName}`).to.include.members(
            items.map(({ key }) => key),
          );
        }
      }
    });

    it('give the operator a Role without wildcards, listed secrets or exec', () => {
      const roles = objects.filter(({ kind }) => kind.endsWith('Role'));
      expect(roles.map(idOf)).to.deep.equal(['Role/operator']);
      const { rules } = roles[0] as unknown as {
        rules: { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
      };
      expect(JSON.stringify(rules)).not.to.contain('*');
      expect(rules.flatMap(({ resources }) => resources)).not.to.include.members(['pods/exec']);
      for (const { verbs, resourceNames } of rules.filter(({ resources }) => resources.includes('secrets'))) {
        expect(verbs).to.have.members(['get', 'patch']);
        expect(resourceNames).not.to.be.empty;
      }
    });
  });
}

describe('A construct', () => {
  const deployment = (preStop: object) => ({
    metadata: { name: 'x' },
    spec: {
      selector: {},
      template: { spec: { containers: [{ name: 'x', lifecycle: { preStop } }] } },
    },
  });

  it('that drops a field its schema does not know is found out', () => {
    const chart = new Chart(new App(), 'test');
    const object = add(chart, k8s.KubeDeployment, 'Deployment/x', deployment({ sleep: { seconds: 5 } }));
    expect(vanished(object)).to.deep.equal(['spec.template.spec.containers.0.lifecycle.preStop.sleep']);
  });

  it('has a newer field when it is set after the mapper', () => {
    const chart = new Chart(new App(), 'test');
    const object = add(chart, k8s.KubeDeployment, 'Deployment/x', deployment({}));
    newer(object, 'spec.template.spec.containers.0.lifecycle.preStop', { sleep: { seconds: 5 } });
    expect(JSON.stringify(object.toJson())).to.contain('"preStop":{"sleep":{"seconds":5}}');
    expect(vanished(object)).to.deep.equal([]);
  });

  it('that was not made by add() is not trusted', () => {
    const object = new ApiObject(new Chart(new App(), 'test'), 'x', { apiVersion: 'v1', kind: 'X' });
    expect(vanished(object)).to.deep.equal(['test/x: was not made by add()']);
  });
});
