// As whom the shop logs in while its password is being changed. Three clocks run apart then: the Secret's, that of the
// file mounted here (a minute or more behind), and the database's. The database lets a former password in under the
// names `<user>_before_1` and `_2`; a newer one than it has is covered by what worked last. So the first connect after
// a change may take one try more, and none fails.
export interface Identity {
  readonly user: string;
  readonly password: string;
}

export interface Login {
  /** Runs `connect` as whoever is expected to be let in; a wrong password is followed by the next one that may be right. */
  connect<T>(connect: (identity: Identity) => Promise<T>): Promise<T>;
  /** The same for a pool: it logs nobody in when a connection is idle, and when none is free, later than it was asked. */
  checkOut<T>(open: () => Promise<T>): Promise<T>;
  /** Whom a connection that is opened right now should be. It tells itself what became of that: */
  current(): Identity;
  accepted(identity: Identity): void;
  /** Told of every error; those of a refused password count. */
  failed(identity: Identity, error: unknown): void;
}

const WRONG_PASSWORD = '28P01';
/** Names the operator's agents give to former passwords. */
const FORMER = ['_before_1', '_before_2'];

export function createLogin(user: string, password: () => string): Login {
  let worked: Identity | null = null;
  /** By whichever connection: what one has learnt, those that are opened beside it need not try. */
  let refused: readonly Identity[] = [];
  let underWay = 0;
  const identities = () => identitiesOf(user, password(), worked);
  const login: Omit<Login, 'connect'> = {
    current: () => {
      const all = identities();
      return all.find((identity) => !isAmong(refused, identity)) ?? all[0] ?? { user, password: password() };
    },
    accepted: (identity) => {
      worked = identity;
    },
    failed: (identity, error) => {
      if (!isWrongPassword(error)) return;
      const all = [...refused, identity];
      // When nobody is left, they are tried anew: the database may have changed meanwhile.
      refused = identities().every((other) => isAmong(all, other)) ? [] : all;
    },
    checkOut: async (open) => {
      if (underWay === 0) refused = [];
      underWay += 1;
      try {
        return await untilLetIn(open, () => identities().length);
      } finally {
        underWay -= 1;
      }
    },
  };
  return { ...login, connect: (connect) => login.checkOut(() => connectAs(login, connect)) };
}

/** What the file says first, then what it may be behind, then what the database may be behind. */
function identitiesOf(user: string, now: string, worked: Identity | null): readonly Identity[] {
  const formerly = (password: string) => FORMER.map((suffix) => ({ user: user + suffix, password }));
  const usual = worked?.password === now ? [worked] : [];
  const last = worked ? [worked, ...formerly(worked.password)] : [];
  return distinct([...usual, { user, password: now }, ...formerly(now), ...last]);
}

async function untilLetIn<T>(open: () => Promise<T>, mostTries: () => number): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open();
    } catch (error) {
      if (!isWrongPassword(error) || tries >= mostTries()) throw error;
    }
  }
}

async function connectAs<T>(
  login: Pick<Login, 'current' | 'accepted' | 'failed'>,
  connect: (identity: Identity) => Promise<T>,
): Promise<T> {
  const identity = login.current();
  try {
    const result = await connect(identity);
    login.accepted(identity);
    return result;
  } catch (error) {
    login.failed(identity, error);
    throw error;
  }
}

function isWrongPassword(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === WRONG_PASSWORD;
}

function isSame(a: Identity, b: Identity): boolean {
  return a.user === b.user && a.password === b.password;
}

function isAmong(identities: readonly Identity[], wanted: Identity): boolean {
  return identities.some((identity) => isSame(identity, wanted));
}

function distinct(identities: readonly Identity[]): readonly Identity[] {
  return identities.filter(
    (identity, index) => identities.findIndex((other) => isSame(other, identity)) === index,
  );
}
