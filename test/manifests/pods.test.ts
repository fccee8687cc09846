// Rules for every pod of every profile, over the synthesized objects: a new workload is held to them unasked.
import { expect } from 'chai';
import { profiles, release, workloads } from './synthesized.ts';
import type { Container, Workload } from './synthesized.ts';

const megabytes = (quantity = '0') => {
  const [, amount, unit = ''] = /^(\d+)(Mi|Gi)$/.exec(quantity) ?? [];
  return Number(amount) * (unit === 'Gi' ? 1024 : 1);
};

for (const profile of profiles) {
  describe(`A pod of profile ${profile.name}`, () => {
    const all = workloads(release(profile));
    const longRunning = all.filter(({ kind }) => kind !== 'Job');
    const stores = all.filter(({ kind }) => kind === 'StatefulSet');

    function eachContainer(rule: (container: Container, workload: Workload) => void): void {
      for (const workload of all) for (const container of workload.containers) rule(container, workload);
    }

    it('is one of the seven workloads', () => {
      expect(all.map(({ id }) => id.replace(/(app-migrate).*/, '$1'))).to.have.members([
        'Deployment/operator',
        'StatefulSet/pg',
        'StatefulSet/pg-read',
        'StatefulSet/redis',
        'StatefulSet/sentinel',
        'Job/app-migrate',
        'Deployment/app',
      ]);
    });

    it('meets Pod Security "restricted"', () => {
      for (const { id, pod } of all) {
        expect(pod.securityContext, id).to.include({
          runAsNonRoot: true,
          runAsUser: 10_001,
          runAsGroup: 10_001,
        });
        expect(pod.securityContext.seccompProfile, id).to.deep.equal({ type: 'RuntimeDefault' });
        // `backup` has no kind: an empty folder, or the claim that values name.
        const kinds = pod.volumes
          .filter(({ name }) => name !== 'backup')
          .map((volume) => Object.keys(volume).find((key) => key !== 'name'));
        expect(['emptyDir', 'secret']).to.include.members(kinds);
      }
      eachContainer(({ name, securityContext }) => {
        expect(securityContext, name).to.include({ allowPrivilegeEscalation: false, runAsNonRoot: true });
        expect(securityContext.capabilities, name).to.deep.equal({ drop: ['ALL'] });
      });
    });

    it('has a read-only root and writes only where it says', () => {
      eachContainer(({ name, securityContext, volumeMounts }) => {
        expect(securityContext.readOnlyRootFilesystem, name).to.equal(true);
        expect(
          volumeMounts.map(({ mountPath }) => mountPath),
          name,
        ).to.include('/tmp');
      });
    });

    it('requests CPU, memory and disk, limits memory and disk, and never CPU', () => {
      eachContainer(({ name, resources }) => {
        expect(resources.requests, name).to.have.all.keys('cpu', 'memory', 'ephemeral-storage');
        expect(resources.limits, name).to.have.all.keys('memory', 'ephemeral-storage');
        expect(megabytes(resources.limits.memory)).to.be.at.least(megabytes(resources.requests.memory));
      });
    });

    it('of a store may use all the memory it may use at most', () => {
      for (const { id, containers } of stores) {
        const [container] = containers;
        expect(container?.resources.limits.memory, id).to.equal(container?.resources.requests.memory);
      }
    });

    it('keeps each emptyDir within the disk it may use', () => {
      for (const { id, pod, containers } of all) {
        const limit = megabytes(containers[0]?.resources.limits['ephemeral-storage']);
        const sizes = pod.volumes.flatMap(({ emptyDir }) =>
          emptyDir ? [emptyDir as { sizeLimit: string }] : [],
        );
        expect(
          sizes.reduce((sum, { sizeLimit }) => sum + megabytes(sizeLimit), 0),
          id,
        ).to.be.at.most(limit);
      }
    });

    it('that runs for long has three probes; liveness is slower to act than readiness', () => {
      for (const { id, containers } of longRunning) {
        for (const { startupProbe, readinessProbe, livenessProbe } of containers) {
          expect(startupProbe, id).to.be.an('object');
          expect(readinessProbe, id).not.to.deep.equal(livenessProbe);
          const patience = (probe?: Readonly<Record<string, unknown>>) =>
            Number(probe?.periodSeconds) * Number(probe?.failureThreshold);
          expect(patience(livenessProbe), id).to.be.greaterThan(patience(readinessProbe));
          expect(patience(startupProbe), id).to.be.at.least(patience(livenessProbe));
        }
      }
    });

    it('mounts a token only where the API is used', () => {
      const withToken = all.filter(({ pod }) => pod.automountServiceAccountToken);
      expect(withToken.map(({ id }) => id)).to.deep.equal(['Deployment/operator']);
      for (const { id, pod } of all) {
        expect(pod.serviceAccountName, id).not.to.be.oneOf(['default', undefined]);
      }
    });

    it('gets secrets as files, only the keys it needs, and never by environment', () => {
      eachContainer(({ name, env = [] }) => {
        expect(JSON.stringify(env), name).not.to.contain('secretKeyRef');
        for (const { name: variable, value } of env) {
          if (/PASSWORD|TOKEN|KEYS/.test(variable)) expect(value, variable).to.match(/^\/etc\/secrets\//);
        }
      });
      for (const { pod } of all) {
        for (const { secret } of pod.volumes) {
          if (secret) expect((secret as { items: unknown[] }).items).not.to.be.empty;
        }
      }
    });

    it('runs an image with a tag, never latest, pulled only when it is not there', () => {
      eachContainer((container) => {
        expect(container.image).to.match(/^[^:]+\/myclothes\/[a-z]+:[a-z0-9][a-z0-9.]+$/);
        expect(container).to.include({ imagePullPolicy: 'IfNotPresent' });
      });
    });

    it('of a store or the operator has a zone to itself, of an application prefers one', () => {
      for (const { id, kind, pod } of longRunning) {
        const zones = pod.topologySpreadConstraints?.filter(
          ({ topologyKey }) => topologyKey === 'topology.kubernetes.io/zone',
        );
        expect(zones, id).to.have.lengthOf(1);
        expect(zones?.[0], id).to.include({
          maxSkew: 1,
          nodeTaintsPolicy: 'Honor',
          whenUnsatisfiable:
            kind === 'StatefulSet' || id === 'Deployment/operator' ? 'DoNotSchedule' : 'ScheduleAnyway',
        });
      }
    });

    it('of the app keeps serving before it is told to stop, and has time for its last requests', () => {
      const { pod } = all.find(({ id }) => id === 'Deployment/app') as Workload;
      const lifecycle = (
        pod.containers[0] as unknown as { lifecycle: { preStop: { sleep: { seconds: number } } } }
      ).lifecycle;
      expect(lifecycle.preStop.sleep.seconds).to.be.at.least(5);
      expect(pod.terminationGracePeriodSeconds).to.be.at.least(lifecycle.preStop.sleep.seconds + 30);
    });

    it('does not carry the chart version, which would restart the stores at every upgrade', () => {
      for (const { id, labels } of all) expect(labels, id).not.to.have.property('app.kubernetes.io/version');
    });
  });
}
