// What the kernel is to be told about policies, as data: the result of compile(), the input of render(), and small
// enough that a test can evaluate it packet by packet.
//
// A connection is described by four values that are the same for its packets in both directions: the address that
// opened it, the address that really serves it (after a Service's translation), protocol, and the serving port.
import type { Protocol } from '../cluster/objects.ts';
import type { Cidr } from './ipv4.ts';
import type { RangeSet } from './ranges.ts';

export type Direction = 'ingress' | 'egress';

/** Allows when every part that is present matches. */
export interface Allowance {
  /** Of the other side: who opened the connection (ingress), who serves it (egress). Undefined: anyone. */
  readonly peers: RangeSet | undefined;
  readonly protocol: Protocol | undefined;
  /** Undefined: every port of the protocol. */
  readonly ports: RangeSet | undefined;
  /** `namespace/name` of the policy it comes from. */
  readonly policy: string;
}

/** A pod with this chain is isolated in one direction: what no allowance matches is dropped. */
export interface PolicyChain {
  readonly name: string;
  readonly direction: Direction;
  readonly allowances: readonly Allowance[];
}

export interface Ruleset {
  /** The node's own pods: what is in here and not in `known` is dropped. */
  readonly localRange: Cidr;
  /** Addresses of local pods whose labels, and so whose policies, are known. */
  readonly known: readonly number[];
  readonly chains: readonly PolicyChain[];
  /** Local pod address → its chain's name. A pod that is not in here is not isolated in that direction. */
  readonly ingress: ReadonlyMap<number, string>;
  readonly egress: ReadonlyMap<number, string>;
}
