// What one look at a Redis set shows, and what may be done about it. Plain data: decide() turns the one into the
// other without touching the world, so that every situation can be written down as a table in a test.

/** Where a node is reached: its own Service's address, the same for as long as the set lives. */
export interface NodeAddress {
  readonly name: string;
  readonly address: string;
  /** What Kubernetes says of it while it does not run; for people. */
  readonly fate?: string | undefined;
}

export interface ReplicaLink {
  readonly address: string;
  readonly online: boolean;
  readonly offset: number;
}

/** A member that answered. */
export interface MemberAnswer {
  readonly role: 'master' | 'replica';
  /** Closed to app, replicas and Sentinels: it waits to be told whom to follow. */
  readonly gated: boolean;
  readonly loading: boolean;
  /** Changes with every start of the process. */
  readonly runId: string;
  /** Bytes of replication stream; comparable only between members with the same history. */
  readonly offset: number;
  /** Address it follows; undefined for a master. */
  readonly follows: string | undefined;
  readonly linkUp: boolean;
  /** Seconds since the link broke; -1 when it never was up. */
  readonly linkDownSeconds: number;
  readonly syncing: boolean;
  readonly replicas: readonly ReplicaLink[];
  /** Rises with every promotion; 0 in a data set that never had a master. */
  readonly term: number;
  /** The master that `term` was given to. */
  readonly termMaster: string | undefined;
  /** Rises with every acknowledged change. */
  readonly sequence: number;
  readonly keys: number;
  /** 0 = must not be elected. */
  readonly priority: number;
  /** 1 normally; higher while writes are fenced. */
  readonly minReplicasToWrite: number;
  readonly writeError: string | undefined;
  /** ACL users that should be there and are not: whoever logs in as one is refused. */
  readonly missingUsers: readonly string[];
}

/** How a node failed to answer. */
export type Silence =
  /** Nothing listens there. */
  | 'refused'
  /** No connection in time: no such host, or a cut network. */
  | 'unreachable'
  /** The connection stands and nothing comes: hung, or busy. */
  | 'mute'
  /** It lives and does not let the operator in. */
  | 'rejects';

export interface Member extends NodeAddress {
  readonly answer: MemberAnswer | undefined;
  /** Undefined when it answered. */
  readonly silence: Silence | undefined;
  /** Why there is no answer. */
  readonly error: string | undefined;
}

export interface WatchedMaster {
  readonly address: string;
  readonly configEpoch: number;
  readonly failingOver: boolean;
  /** It would fail over and waits for the others' votes, up to 10 s; nobody was promoted yet. */
  readonly waitsForVotes: boolean;
  /** Subjectively or objectively down. */
  readonly down: boolean;
  readonly quorum: number;
  readonly downAfterMs: number;
  /** Addresses of the replicas it knows. */
  readonly replicas: readonly string[];
  /** Addresses of the other Sentinels it knows. */
  readonly sentinels: readonly string[];
}

export interface Sentinel extends NodeAddress {
  readonly reachable: boolean;
  /** Undefined when it answered. */
  readonly silence: Silence | undefined;
  readonly error: string | undefined;
  /** Undefined when it watches nothing. */
  readonly watched: WatchedMaster | undefined;
  /** It distrusts its own clock and does nothing. */
  readonly tilt: boolean;
}

export interface Observed {
  readonly atMs: number;
  readonly members: readonly Member[];
  readonly sentinels: readonly Sentinel[];
}

/** What is remembered between looks; kept in the custom resource's status. */
export interface Remembered {
  /** Highest term ever seen: 0 means that the set never had a master. */
  readonly term: number;
  /** A planned switch somebody asked for and that was not yet done. */
  readonly switchTo: string | undefined;
}

export type Action =
  /** Makes a member the master itself (REPLICAOF NO ONE) and lets everybody in. */
  | { readonly kind: 'bless'; readonly member: string; readonly why: string }
  /** Makes a Sentinel watch this address, replacing what it watched. */
  | { readonly kind: 'monitor'; readonly sentinel: string; readonly address: string; readonly why: string }
  /** Makes a member follow this address and lets everybody in. */
  | { readonly kind: 'follow'; readonly member: string; readonly address: string; readonly why: string }
  /** Refuses writes on a member that must not be master. */
  | { readonly kind: 'fence'; readonly member: string; readonly why: string }
  | { readonly kind: 'unfence'; readonly member: string; readonly why: string }
  | { readonly kind: 'priority'; readonly member: string; readonly value: number; readonly why: string }
  /** Writes the next term into the master's data. */
  | { readonly kind: 'term'; readonly member: string; readonly term: number; readonly why: string }
  /** Has the Sentinels promote exactly this member, while the old master is dead or gated. */
  | { readonly kind: 'elect'; readonly member: string; readonly why: string }
  /** Planned: fence, wait for equal offsets, fail over, demote. */
  | { readonly kind: 'switch'; readonly from: string; readonly to: string; readonly why: string }
  /** Lets a Sentinel elect again that an election which did not end has held. */
  | { readonly kind: 'release'; readonly sentinel: string; readonly why: string }
  /** Makes one Sentinel forget a plan, or replicas and Sentinels that no longer exist, by their addresses. */
  | {
      readonly kind: 'reset';
      readonly sentinel: string;
      readonly forgets: readonly string[];
      readonly why: string;
    };

/** An action, and how long its reason must have been seen without a break before it is done. */
export interface Intent {
  readonly action: Action;
  readonly settleMs: number;
}

export type Phase =
  'Pending' | 'Starting' | 'Healthy' | 'Degraded' | 'FailingOver' | 'Unavailable' | 'SplitBrain';

export interface Verdict {
  readonly phase: Phase;
  /** Name of the master that app and Sentinels agree on and that answers; undefined when there is none. */
  readonly master: string | undefined;
  readonly epoch: number;
  /** One line for people: why this phase. */
  readonly message: string;
  readonly intents: readonly Intent[];
}

/**
 * The shortest silence period that may be configured. A Sentinel pings an address it has just learnt for the first time
 * after a second: with a period of one second it takes every new master for dead for a moment, and in 2 of 88 failovers
 * replaced it at once.
 */
export const leastDownAfterMs = 2_000;

/** The silence period of a Sentinel that must not elect: longer than any that may be configured. */
export const heldMs = 120_000;
export const isHeld = ({ downAfterMs }: WatchedMaster): boolean => downAfterMs >= heldMs;

/** More than half. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}
