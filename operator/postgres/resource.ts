// The PostgresSet as TypeScript sees it. The schema that admission enforces is crd.ts.
import type { KubeObject } from '../runtime/api.ts';
import type { Condition } from '../runtime/conditions.ts';
import type { Resource } from '../runtime/paths.ts';
import type { BackupReport } from './backup/backup-report.ts';
import type { BackupSpec, RestoreSpec } from './backup/backup-spec.ts';
import type { ForkEntry } from './forks.ts';
import type { Ballot } from './observed.ts';
import { stableQuorum } from './quorum.ts';
import type { Quorum } from './quorum.ts';

export const POSTGRES_SETS: Resource = { group: 'quorum.dev', version: 'v1alpha1', plural: 'postgressets' };

export interface PostgresSetSpec {
  readonly statefulSet: string;
  readonly members: number;
  readonly readReplicas?: number;
  readonly database: string;
  readonly owner: string;
  readonly credentialsSecret: string;
  readonly services: { readonly rw: string; readonly ro: string; readonly peers: string };
  readonly paused?: boolean;
  readonly storage?: { readonly size: string };
  readonly switchover?: { readonly to: string; readonly id: string };
  readonly backup?: BackupSpec;
  readonly restore?: RestoreSpec;
}

export interface HistoryEntry {
  readonly term: number;
  readonly at: string;
  readonly cause: string;
  readonly from: string | null;
  readonly to: string;
  readonly votes: readonly object[];
  /** Milliseconds each part took, from the decision on. */
  readonly millis: Readonly<Record<string, number>>;
  /** From the old primary's last known commit to the new one's first; null when it is not known. */
  readonly outageMs: number | null;
  readonly discardedBytes: number | null;
  /** How the old primary came back, once it has. Absent when read again: the API drops a null inside a list. */
  readonly rejoined?: string | null;
}

export interface PostgresSetStatus {
  readonly observedGeneration?: number;
  readonly phase?: string;
  readonly primary?: string | null;
  readonly term?: number;
  readonly systemId?: string | null;
  readonly sync?: string;
  readonly ready?: string;
  readonly lag?: string;
  readonly lastFailover?: string | null;
  readonly outage?: string | null;
  readonly switchoverDone?: string | null;
  readonly ballot?: Ballot;
  readonly quorum?: Quorum;
  readonly voters?: readonly string[];
  readonly readReplicas?: string | null;
  readonly members?: readonly object[];
  readonly conditions?: readonly Condition[];
  readonly history?: readonly HistoryEntry[];
  /** Members that were promoted by hand, newest first. */
  readonly forks?: readonly ForkEntry[];
  readonly backup?: Partial<BackupReport> | null;
}

export interface PostgresSet extends KubeObject {
  readonly spec: PostgresSetSpec;
  readonly status?: PostgresSetStatus;
}

/** A set begins with so many, and grows from there. */
const FIRST_MEMBERS = 3;

/** The members that shall vote. */
export function wantedNames({ statefulSet, members }: PostgresSetSpec): readonly string[] {
  return numbered(statefulSet, members);
}

export function readerNames({ statefulSet, readReplicas = 0 }: PostgresSetSpec): readonly string[] {
  return numbered(`${statefulSet}-read`, readReplicas);
}

export function quorumOfSet({ spec, status }: PostgresSet): Quorum {
  return status?.quorum ?? stableQuorum(numbered(spec.statefulSet, FIRST_MEMBERS), 0);
}

/** Who votes, and who shall, in the order of their numbers. */
export function memberNames(set: PostgresSet): readonly string[] {
  const wanted = wantedNames(set.spec);
  const { voters } = quorumOfSet(set);
  return voters.length > wanted.length ? voters : wanted;
}

/** Of members and read replicas. */
export function podNames(set: PostgresSet): readonly string[] {
  return [...memberNames(set), ...readerNames(set.spec)];
}

function numbered(name: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_unused, index) => `${name}-${index}`);
}

/** The informer's copy lags behind our own writes; the newer of the two is by resource version. */
export function newest(own: PostgresSet | undefined, seen: PostgresSet | undefined): PostgresSet | undefined {
  if (!own || !seen || own.metadata.uid !== seen.metadata.uid) return seen;
  return Number(seen.metadata.resourceVersion) >= Number(own.metadata.resourceVersion) ? seen : own;
}
