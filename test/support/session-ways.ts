// The ways to keep a session as data: what each promises, and so, where it says no, which weakness of it the contract
// (test/integration/app/session-contract.test.ts) must be able to demonstrate.
import type { SESSION_STRATEGIES } from '../../app/config/env.ts';

export interface SessionWay {
  readonly strategy: (typeof SESSION_STRATEGIES)[number];
  /** Whichever pod answers, also one that started later, knows the visitor and the cart. */
  readonly anyPod: boolean;
  /** Requests of one visitor at the same time lose nothing of one another. */
  readonly parallel: boolean;
  /** The cart of an account is on a server: it waits over a logout, and a guest's is merged into it. */
  readonly cartOfAccount: boolean;
  /** A copy of the cookie is worth nothing after its owner logged out. */
  readonly endsForGood: boolean;
  /** A user's sessions can be listed, and ended one by one or all. */
  readonly revocable: boolean;
}

const everything = {
  anyPod: true,
  parallel: true,
  cartOfAccount: true,
  endsForGood: true,
  revocable: true,
} as const;

export const sessionWays: readonly SessionWay[] = [
  { ...everything, strategy: 'redis' },
  { ...everything, strategy: 'dynamodb' },
  { ...everything, strategy: 'memory', anyPod: false },
  // To a pod the same: that requests come back to it is the load balancer's doing.
  { ...everything, strategy: 'sticky', anyPod: false },
  {
    strategy: 'cookie',
    anyPod: true,
    parallel: false,
    cartOfAccount: false,
    endsForGood: false,
    revocable: false,
  },
];
