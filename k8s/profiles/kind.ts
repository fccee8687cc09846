// The default profile: a kind cluster on one machine. Requests are small because three workers share its cores.
import { readFileSync } from 'node:fs';
import { productName } from '../lib/names.ts';
import type { Profile } from './profile.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const { version } = manifest;

export const kind: Profile = {
  name: 'kind',
  release: { name: productName, namespace: productName, version },
  registry: 'docker.io',
  // Deploying replaces them by content hashes; a released chart has images tagged with its own version.
  tags: { app: version, operator: version, postgres: version, redis: version },
  publicUrl: 'http://localhost:8080',
  secureCookies: false,
  sessionStrategy: 'redis',
  otherSessionStrategy: '',
  dynamodb: { table: productName, region: '', endpoint: '' },
  logLevel: 'info',
  ingress: {
    className: 'traefik',
    host: '',
    annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'web' },
    from: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
      },
    ],
    proxyCount: 1,
    drainSeconds: 5,
  },
  network: {
    apiServer: {
      // Docker's address pools, where kind's nodes live, and the Service that hides them: whether a policy sees an
      // address before or after its translation differs between implementations.
      peers: [
        { ipBlock: { cidr: '172.16.0.0/12' } },
        { ipBlock: { cidr: '192.168.0.0/16' } },
        { ipBlock: { cidr: '10.96.0.1/32' } },
      ],
      ports: [
        { protocol: 'TCP', port: 6443 },
        { protocol: 'TCP', port: 443 },
      ],
    },
    dns: [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
        podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
      },
    ],
    monitoring: false,
    backupStore: null,
    postgresServices: null,
    aws: false,
  },
  scale: { minReplicas: 3, maxReplicas: 12, cpuPercent: 65 },
  // On a busy machine CPU time goes by these: a failover's few milliseconds must not wait behind pods that start.
  sizes: {
    app: { cpu: '100m', memory: '128Mi', memoryLimit: '256Mi', disk: '128Mi' },
    operator: { cpu: '200m', memory: '96Mi', memoryLimit: '256Mi', disk: '64Mi' },
    postgres: { cpu: '250m', memory: '384Mi', memoryLimit: '384Mi', disk: '256Mi' },
    redis: { cpu: '100m', memory: '256Mi', memoryLimit: '256Mi', disk: '128Mi' },
    sentinel: { cpu: '50m', memory: '96Mi', memoryLimit: '96Mi', disk: '64Mi' },
  },
  storage: { className: 'standard', postgres: '2Gi', redis: '1Gi', sentinel: '64Mi' },
  redis: { maxMemory: '96mb', backlog: '16mb' },
  appAccountAnnotations: {},
  generateCredentials: true,
  certificateIssuer: 'operator',
  namespaceLabels: {},
};
