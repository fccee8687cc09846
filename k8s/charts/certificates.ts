// Where the certificates of the stores come from. By the operator: Secrets without a certificate, whose annotations say
// for what names one is issued. By cert-manager: an authority per set and the same Secrets, made by its Certificates.
import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import { metadata } from '../lib/metadata.ts';
import { authorityAnnotation, certificateAnnotation } from '../lib/names.ts';
import type { Release, Tier } from '../lib/tiers.ts';
import type { Profile } from '../profiles/profile.ts';

interface Certified {
  readonly tier: Tier;
  /** The Secret of its authority, which only the issuer reads. */
  readonly authority: string;
  /** What clients dial: Services, and pods behind a headless one. */
  readonly names: readonly string[];
}

/** By the Secret that pods mount. Redis' clients are led from address to address, and verify one name for all. */
export const certificates = {
  'pg-tls': { tier: 'pg', authority: 'pg-ca', names: ['pg-rw', 'pg-ro', '*.pg-peers'] },
  'redis-tls': { tier: 'redis', authority: 'redis-ca', names: ['redis'] },
} as const satisfies Record<string, Certified>;

/** All Secrets that the operator fills. */
export const certificateSecrets: readonly string[] = Object.entries(certificates).flatMap(
  ([secret, { authority }]) => [secret, authority],
);

export function certificatesChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'certificates');
  const byManager = profile.certificateIssuer === 'cert-manager';
  if (byManager) issuer(chart, profile.release, 'self-signed', 'pg', { selfSigned: {} });
  for (const [secret, certified] of Object.entries(certificates)) {
    if (byManager) managed(chart, profile.release, secret, certified);
    else issuedByOperator(chart, profile.release, secret, certified);
  }
  return chart;
}

function issuedByOperator(
  chart: Chart,
  release: Release,
  secret: string,
  { tier, authority, names }: Certified,
): void {
  const keep = { 'helm.sh/resource-policy': 'keep' };
  add(chart, k8s.KubeSecret, `Secret/${authority}`, {
    metadata: metadata(release, authority, tier, keep),
    type: 'Opaque',
  });
  add(chart, k8s.KubeSecret, `Secret/${secret}`, {
    metadata: metadata(release, secret, tier, {
      [certificateAnnotation]: names.join(','),
      [authorityAnnotation]: authority,
      ...keep,
    }),
    type: 'Opaque',
  });
}

/** cert-manager makes the Secrets with the same keys, and renews them by itself. */
function managed(
  chart: Chart,
  release: Release,
  secret: string,
  { tier, authority, names }: Certified,
): void {
  certificate(chart, release, authority, tier, {
    isCA: true,
    commonName: authority,
    issuerRef: { name: 'self-signed', kind: 'Issuer' },
    duration: '43800h',
    renewBefore: '8760h',
  });
  issuer(chart, release, authority, tier, { ca: { secretName: authority } });
  const { namespace } = release;
  certificate(chart, release, secret, tier, {
    dnsNames: names.flatMap((name) => [name, `${name}.${namespace}`, `${name}.${namespace}.svc`]),
    usages: ['digital signature', 'server auth', 'client auth'],
    issuerRef: { name: authority, kind: 'Issuer' },
    duration: '2160h',
    renewBefore: '720h',
  });
}

function issuer(chart: Chart, release: Release, name: string, tier: Tier, spec: object): void {
  add(chart, ApiObject, `Issuer/${name}`, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Issuer',
    metadata: metadata(release, name, tier),
    spec,
  });
}

function certificate(chart: Chart, release: Release, name: string, tier: Tier, spec: object): void {
  add(chart, ApiObject, `Certificate/${name}`, {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: metadata(release, name, tier),
    spec: { secretName: name, privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' }, ...spec },
  });
}
