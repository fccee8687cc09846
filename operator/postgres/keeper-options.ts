// What the keeper of one PostgresSet is given.
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import type { SecretReader } from '../runtime/secret-reader.ts';
import type { StallWatch } from '../runtime/stall-watch.ts';
import type { PostgresMetrics } from './postgres-metrics.ts';
import type { PostgresSet } from './resource.ts';

export interface PodObject extends KubeObject {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly podIP?: string; readonly phase?: string };
}

export interface KeeperOptions {
  readonly context: ControllerContext;
  readonly name: string;
  readonly metrics: PostgresMetrics;
  /** The newest known version of the resource. */
  readonly read: () => PostgresSet | undefined;
  readonly pod: (name: string) => PodObject | undefined;
  /** The agents' token, and whom to trust. */
  readonly secrets: SecretReader;
  /** The newest template of a StatefulSet. */
  readonly revision?: (statefulSet: string) => string | undefined;
  /** How long this process was deaf since a moment. */
  readonly stalls?: StallWatch;
  /** Where a member's agent listens. @default 8008 */
  readonly agentPort?: (name: string) => number;
}
