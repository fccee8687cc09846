// Amazon EKS: ALB by the AWS Load Balancer Controller, gp3 volumes, NetworkPolicies by the VPC CNI (its add-on option
// enableNetworkPolicy must be on). Addresses and names of an account are values: the ones here are examples that
// `helm --values` or VALUES=file for make deploy replace.
import { kind } from './kind.ts';
import type { Peer, Profile } from './profile.ts';

// The ALB's nodes are addresses of the public subnets, not pods: a pod selector would never match them.
const publicSubnets: readonly Peer[] = ['10.0.0.0/20', '10.0.16.0/20', '10.0.32.0/20'].map((cidr) => ({
  ipBlock: { cidr },
}));
const vpc: Peer = { ipBlock: { cidr: '10.0.0.0/16' } };
/** EKS' choice for a VPC in 10.0.0.0/8; the other is 10.100.0.0/16. */
const serviceRange: readonly Peer[] = [{ ipBlock: { cidr: '172.20.0.0/16' } }];
const apiService: Peer = { ipBlock: { cidr: '172.20.0.1/32' } };
/** NodeLocal DNSCache answers here when it is installed. */
const nodeLocalDns: Peer = { ipBlock: { cidr: '169.254.20.10/32' } };

const ingressAnnotations = {
  'alb.ingress.kubernetes.io/scheme': 'internet-facing',
  'alb.ingress.kubernetes.io/target-type': 'ip',
  'alb.ingress.kubernetes.io/listen-ports': '[{"HTTP": 80}, {"HTTPS": 443}]',
  'alb.ingress.kubernetes.io/ssl-redirect': '443',
  'alb.ingress.kubernetes.io/healthcheck-port': '9090',
  'alb.ingress.kubernetes.io/healthcheck-path': '/readyz',
  'alb.ingress.kubernetes.io/healthcheck-interval-seconds': '5',
  'alb.ingress.kubernetes.io/healthcheck-timeout-seconds': '2',
  'alb.ingress.kubernetes.io/healthy-threshold-count': '2',
  'alb.ingress.kubernetes.io/unhealthy-threshold-count': '2',
  'alb.ingress.kubernetes.io/load-balancer-attributes': 'zonal_shift.config.enabled=true',
};

export const eks: Profile = {
  ...kind,
  name: 'eks',
  publicUrl: 'https://shop.example.com',
  secureCookies: true,
  ingress: {
    className: 'alb',
    host: 'shop.example.com',
    annotations: ingressAnnotations,
    from: publicSubnets,
    proxyCount: 1,
    drainSeconds: 20,
  },
  network: {
    apiServer: { peers: [vpc, apiService], ports: [{ protocol: 'TCP', port: 443 }] },
    dns: [...kind.network.dns, nodeLocalDns],
    monitoring: true,
    backupStore: null,
    postgresServices: serviceRange,
    aws: true,
  },
  scale: { minReplicas: 3, maxReplicas: 30, cpuPercent: 60 },
  sizes: {
    app: { cpu: '500m', memory: '256Mi', memoryLimit: '512Mi', disk: '256Mi' },
    operator: { cpu: '100m', memory: '128Mi', memoryLimit: '256Mi', disk: '64Mi' },
    postgres: { cpu: '1', memory: '2Gi', memoryLimit: '2Gi', disk: '1Gi' },
    redis: { cpu: '500m', memory: '1Gi', memoryLimit: '1Gi', disk: '256Mi' },
    sentinel: { cpu: '100m', memory: '128Mi', memoryLimit: '128Mi', disk: '64Mi' },
  },
  storage: { className: 'gp3', postgres: '50Gi', redis: '10Gi', sentinel: '1Gi' },
  redis: { maxMemory: '600mb', backlog: '64mb' },
  securityGroups: {
    app: ['sg-00000000000000001'],
    migrate: ['sg-00000000000000002'],
    pg: ['sg-00000000000000003'],
    // As the members: both are reached as ro.
    readers: ['sg-00000000000000003'],
    redis: ['sg-00000000000000004'],
    sentinel: ['sg-00000000000000005'],
    operator: ['sg-00000000000000006'],
  },
  // Pods are taken into the target group before they count as Ready.
  namespaceLabels: { 'elbv2.k8s.aws/pod-readiness-gate-inject': 'enabled' },
};
