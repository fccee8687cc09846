// Certificates in the manifests: every store speaks TLS only, its clients know whom to trust, and the key of an
// authority is mounted nowhere.
import { expect } from 'chai';
import { certificates } from '../../k8s/charts/certificates.ts';
import { tlsAnnotation } from '../../k8s/lib/names.ts';
import { byId, helmTemplate } from './helm.ts';
import type { KubeJson } from './helm.ts';
import { profiles, release, workloads } from './synthesized.ts';

interface Mounted {
  readonly secretName: string;
  readonly items: readonly { readonly key: string }[];
}

const keysOf = (volumes: readonly { secret?: unknown }[], secret: string): readonly string[] =>
  volumes
    .map((volume) => volume.secret as Mounted | undefined)
    .filter((mounted) => mounted?.secretName === secret)
    .flatMap((mounted) => mounted?.items ?? [])
    .map(({ key }) => key);

for (const profile of profiles) {
  describe(`Certificates in profile ${profile.name}`, () => {
    const objects = release(profile);
    const pods = workloads(objects);

    it('are in every pod of Postgres, which says so to the operator and is asked over HTTPS', () => {
      const pg = pods.find(({ id }) => id === 'StatefulSet/pg');
      expect(JSON.stringify(pg?.spec.template)).to.contain(`"${tlsAnnotation}":"pg-tls"`);
      expect(keysOf(pg?.pod.volumes ?? [], 'pg-tls')).to.have.members(['ca.crt', 'tls.crt', 'tls.key']);
      expect(JSON.stringify(pg?.containers))
        .to.contain('"scheme":"HTTPS"')
        .and.not.contain('"scheme":"HTTP"');
    });

    it('are not in the pods of the shop: only whom to trust', () => {
      for (const { pod, id } of pods.filter(({ id: name }) => /app/.test(name))) {
        for (const secret of Object.keys(certificates)) {
          expect(keysOf(pod.volumes, secret), `${id} ${secret}`).not.to.include.members(['tls.key']);
        }
        expect(keysOf(pod.volumes, 'pg-tls'), id).to.deep.equal(['ca.crt']);
      }
    });

    it('keep the keys of their authorities out of every pod', () => {
      const authorities = Object.values(certificates).map(({ authority }) => authority);
      const mounted = pods.flatMap(({ pod }) =>
        pod.volumes.map(({ secret }) => (secret as Mounted | undefined)?.secretName),
      );
      expect(mounted.filter((name) => authorities.some((authority) => authority === name))).to.be.empty;
    });
  });
}

describe('Certificates by cert-manager', () => {
  let byManager: Record<string, KubeJson>;

  before(async () => {
    byManager = byId(await helmTemplate('--set', 'certificates.issuer=cert-manager'));
  });

  it('fill the Secrets that pods mount, for the same names', () => {
    for (const [secret, { names, authority }] of Object.entries(certificates)) {
      const { spec } = byManager[`Certificate/${secret}`] as unknown as {
        spec: { secretName: string; dnsNames: string[]; issuerRef: { name: string } };
      };
      expect(spec.secretName).to.equal(secret);
      expect(spec.issuerRef.name).to.equal(authority);
      expect(spec.dnsNames).to.include.members([...names]);
      expect(byManager).not.to.have.any.keys(`Secret/${secret}`, `Secret/${authority}`);
    }
  });

  it('are refused for an issuer that does not exist', async () => {
    const error = await helmTemplate('--set', 'certificates.issuer=vault').then(
      () => undefined,
      (refused: unknown) => refused as Error,
    );
    expect(error?.message).to.match(/issuer/);
  });
});
