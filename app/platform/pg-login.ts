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
  /** Whom a connection that is opened right now should be. */
  current(): Identity;
}

const WRONG_PASSWORD = '28P01';
/** Names the operator's agents give to former passwords. */
const FORMER = ['_before_1', '_before_2'];

export function createLogin(user: string, password: () => string): Login {
  let worked: Identity | null = null;
  let chosen: Identity | null = null;
  /** What the file says first, then what it may be behind, then what the database may be behind. */
  const identities = (): readonly Identity[] => {
    const now = password();
    const usual = worked?.password === now ? [worked] : [];
    const former = FORMER.map((suffix) => ({ user: user + suffix, password: now }));
    const last = worked
      ? [worked, ...FORMER.map((suffix) => ({ user: user + suffix, password: worked?.password ?? '' }))]
      : [];
    return distinct([...usual, { user, password: now }, ...former, ...last]);
  };
  const current = (): Identity => {
    const all = identities();
    return all.find((identity) => isSame(identity, chosen)) ?? all[0] ?? { user, password: password() };
  };
  const next = (all: readonly Identity[], tried: Identity): Identity | undefined =>
    all[all.findIndex((identity) => isSame(identity, tried)) + 1];
  return {
    current,
    connect: async (connect) => {
      const all = identities();
      for (let identity = all[0]; identity;) {
        chosen = identity;
        try {
          const result = await connect(identity);
          worked = identity;
          return result;
        } catch (error) {
          const following = next(all, identity);
          if (!isWrongPassword(error) || !following) throw error;
          identity = following;
        }
      }
      throw new Error('postgres: login: no password known');
    },
  };
}

function isWrongPassword(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === WRONG_PASSWORD;
}

function isSame(a: Identity, b: Identity | null): boolean {
  return a.user === b?.user && a.password === b.password;
}

function distinct(identities: readonly Identity[]): readonly Identity[] {
  return identities.filter(
    (identity, index) => identities.findIndex((other) => isSame(other, identity)) === index,
  );
}
