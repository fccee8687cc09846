// What differs between the places this product runs. A profile is data: charts read it, nothing branches on its name.
import type { ImageName } from '../lib/names.ts';
import type { Size } from '../lib/pod.ts';
import type { Release, Tier } from '../lib/tiers.ts';

export type SessionStrategy = 'memory' | 'sticky' | 'cookie' | 'redis' | 'dynamodb';

/** NetworkPolicy peers as Kubernetes writes them: outside parties are addresses or other namespaces. */
export type Peer =
  | { readonly ipBlock: { readonly cidr: string; readonly except?: readonly string[] } }
  | {
      readonly namespaceSelector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
    };

export interface Ports {
  readonly protocol: 'TCP' | 'UDP';
  readonly port: number;
}

export interface IngressSettings {
  readonly className: string;
  readonly host: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** Who the load balancer is, as seen by the app's pods. */
  readonly from: readonly Peer[];
  /** Load balancers in front of the app whose X-Forwarded-For is believed. */
  readonly proxyCount: number;
  /** How long a pod that stops keeps answering: the time the load balancer takes to forget it. */
  readonly drainSeconds: number;
}

export interface NetworkSettings {
  readonly apiServer: { readonly peers: readonly Peer[]; readonly ports: readonly Ports[] };
  readonly dns: readonly Peer[];
  /** Lets Prometheus in namespace `monitoring` reach the metrics ports. */
  readonly monitoring: boolean;
  /** Lets the web pods reach AWS's API: needed where sessions are kept in DynamoDB. */
  readonly aws: boolean;
  /** Where the bucket of Postgres' backups answers; null: members reach none. */
  readonly backupStore: BackupStore | null;
  /**
   * Where the Services of Postgres answer, for policies that are asked before address translation, as EKS' are: they find a
   * Service's address by its selector, and these have none. Null: a policy sees the pods behind them.
   */
  readonly postgresServices: readonly Peer[] | null;
}

export interface BackupStore {
  readonly peers: readonly Peer[];
  readonly ports: readonly Ports[];
}

export interface Scale {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly cpuPercent: number;
}

export interface StorageSettings {
  readonly className: string;
  readonly postgres: string;
  readonly redis: string;
  readonly sentinel: string;
}

export interface Profile {
  readonly name: string;
  readonly release: Release;
  readonly registry: string;
  readonly tags: Readonly<Record<ImageName, string>>;
  readonly publicUrl: string;
  readonly secureCookies: boolean;
  readonly sessionStrategy: SessionStrategy;
  /** Looked into as well while a rolling change between redis and dynamodb goes on; '' at all other times. */
  readonly otherSessionStrategy: '' | 'redis' | 'dynamodb';
  /** Region and endpoint are empty where the environment tells them, as IRSA does on EKS. */
  readonly dynamodb: { readonly table: string; readonly region: string; readonly endpoint: string };
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly ingress: IngressSettings;
  readonly network: NetworkSettings;
  readonly scale: Scale;
  readonly sizes: Readonly<Record<'app' | 'operator' | 'postgres' | 'redis' | 'sentinel', Size>>;
  readonly storage: StorageSettings;
  /** Well below the memory limit: a fork for a full resync copies pages on write. */
  readonly redis: { readonly maxMemory: string; readonly backlog: string };
  /** Annotations of the app's ServiceAccount: IRSA on EKS. */
  readonly appAccountAnnotations: Readonly<Record<string, string>>;
  /** False when the Secrets are brought by somebody else (External Secrets), under the same names. */
  readonly generateCredentials: boolean;
  /** Who issues the certificates of the stores. */
  readonly certificateIssuer: 'operator' | 'cert-manager';
  /** EKS: security group ids per tier; undefined makes no SecurityGroupPolicy. */
  readonly securityGroups?: Readonly<Record<Exclude<Tier, 'smoke'>, readonly string[]>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
}
