// A real S3 server (versitygw) in a pod of the shop's namespace, over TLS, with the Secret and the network edge that the
// members of Postgres need for it. The program is built here and handed to the pod; remove() takes everything away.
import { createReadStream } from 'node:fs';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { targetOf } from '../../k8s/deploy/target.ts';
import { run } from '../../k8s/lib/subprocess.ts';
import { productName, userId } from '../../k8s/lib/names.ts';
import { selectorOf } from '../../k8s/lib/tiers.ts';
import { createAuthority, issue } from '../../operator/runtime/x509.ts';
import { eventually } from './eventually.ts';
import { execIn, getJson, kubectl, namespace } from './kubectl.ts';
import { findS3Server } from './s3-program.ts';
import { validity } from './test-certificates.ts';
import { timeouts } from './timeouts.ts';

export interface S3Pod {
  /** host:port as the members dial it. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  /** Objects of the bucket whose path matches a shell pattern. */
  count(pattern: string): Promise<number>;
  remove(): Promise<void>;
}

const NAME = 's3-of-a-test';
const PORT = 7070;
const BUCKET = 'backups';
const REGION = 'us-east-1';
const KEYS = { 'access-key': 'access-of-a-test', 'secret-key': 'secret-of-a-test' };
const labels = { 'app.kubernetes.io/name': NAME, 'app.kubernetes.io/managed-by': 'test' };
const host = `${NAME}.${namespace}.svc`;

export async function startS3Pod(): Promise<S3Pod> {
  const program = await findS3Server();
  await remove();
  const authority = await createAuthority(NAME, validity());
  const leaf = await issue(authority, [host], validity());
  const items = [
    secret(`${NAME}-tls`, { 'tls.crt': leaf.cert, 'tls.key': leaf.key }),
    secret('pg-backup', { ...KEYS, 'ca.crt': authority.cert }),
    ...policies(),
    service(),
    pod(await postgresImage()),
  ];
  await kubectl(['create', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  await eventually(() => execIn(NAME, ['true']), { withinMs: timeouts.podReadyMs });
  await handOver(program);
  return {
    ...{ endpoint: `${host}:${PORT}`, bucket: BUCKET, region: REGION, remove },
    count: async (pattern) => {
      const found = await execIn(NAME, [
        'sh',
        '-c',
        `find /data/${BUCKET} -type f -path '${pattern}' | wc -l`,
      ]);
      return Number(found);
    },
  };
}

async function remove(): Promise<void> {
  const kinds = ['pod', 'service', 'networkpolicy'].map((kind) => `${kind}/${NAME}`);
  const secrets = [`secret/${NAME}-tls`, 'secret/pg-backup', `networkpolicy/${NAME}-egress`];
  await kubectl(['delete', ...kinds, ...secrets, '--ignore-not-found', '--now'], {
    timeoutMs: timeouts.podReadyMs,
  });
}

async function postgresImage(): Promise<string> {
  const { spec } = await getJson<{ spec: { template: { spec: { containers: { image: string }[] } } } }>(
    'statefulset',
    'pg',
  );
  return spec.template.spec.containers[0]?.image ?? '';
}

/** The pod waits for it and then becomes it. */
async function handOver(program: string): Promise<void> {
  const { context, env } = targetOf(readSettings(process.env));
  const take = 'cat > /data/part && chmod +x /data/part && mv /data/part /data/versitygw';
  const place = ['--context', context, '-n', namespace, 'exec', '-i', NAME, '--'];
  await run('kubectl', [...place, 'sh', '-c', take], {
    ...{ input: createReadStream(program), deadlineMs: timeouts.podReadyMs },
    env: env,
  });
}

function secret(name: string, stringData: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, labels }, stringData };
}

function service(): object {
  return {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: NAME, labels } },
    spec: { selector: labels, ports: [{ port: PORT }] },
  };
}

/** Members to the server, and nothing else. */
function policies(): readonly object[] {
  const pg = { matchLabels: selectorOf('pg', { name: productName, namespace, version: '' }) };
  const server = { matchLabels: labels };
  const ports = [{ protocol: 'TCP', port: PORT }];
  const policy = (name: string, spec: object): object => ({
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name, labels }, spec },
  });
  return [
    policy(NAME, {
      ...{ podSelector: server, policyTypes: ['Ingress'] },
      ingress: [{ from: [{ podSelector: pg }], ports }],
    }),
    policy(`${NAME}-egress`, {
      ...{ podSelector: pg, policyTypes: ['Egress'] },
      egress: [{ to: [{ podSelector: server }], ports }],
    }),
  ];
}

function pod(image: string): object {
  const global = `--port :${PORT} --region ${REGION} --quiet --cert /tls/tls.crt --key /tls/tls.key`;
  const wait = `mkdir -p /data/root/${BUCKET} /data/meta; until [ -x /data/versitygw ]; do sleep 0.2; done`;
  const serve = `ln -sfn /data/root/${BUCKET} /data/${BUCKET}; exec /data/versitygw ${global} posix --sidecar /data/meta /data/root`;
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME, labels } },
    spec: {
      ...{ automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 1 },
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: userId, runAsGroup: userId, fsGroup: userId },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          ...{ name: 's3', image, command: ['sh', '-c', `${wait}; ${serve}`] },
          env: [
            { name: 'ROOT_ACCESS_KEY_ID', value: KEYS['access-key'] },
            { name: 'ROOT_SECRET_ACCESS_KEY', value: KEYS['secret-key'] },
          ],
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } },
          securityContext: {
            ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
            capabilities: { drop: ['ALL'] },
          },
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'tls', mountPath: '/tls', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'data', emptyDir: { sizeLimit: '2Gi' } },
        { name: 'tls', secret: { secretName: `${NAME}-tls`, defaultMode: 0o440 } },
      ],
    },
  };
}
