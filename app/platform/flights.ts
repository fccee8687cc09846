// One load per key at a time, shared by all who ask meanwhile. A load whose key was dropped while it ran still
// answers those who waited for it, but is not kept, and the next one begins only after it has ended. That is one, however
// often the key was dropped meanwhile: a load that has not begun will see every change there was.

export interface Flights<T> {
  /** The load under way that may be shared; undefined when there is none, or its answer would be too old. */
  readonly join: (key: string) => Promise<T> | undefined;
  readonly start: (key: string, load: () => Promise<T>) => Promise<T>;
  readonly outdate: (key: string) => void;
  readonly outdateAll: () => void;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  state: 'waiting' | 'loading' | 'outdated';
}

function outdate<T>(flight: Flight<T>): void {
  if (flight.state === 'loading') flight.state = 'outdated';
}

/** `keep` is given what was loaded and still holds, with the moment at which its load began. */
export function createFlights<T>(
  keep: (key: string, value: T, beganAtMs: number) => void,
  nowMs: () => number,
): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  async function fly(key: string, flight: () => Flight<T>, load: () => Promise<T>): Promise<T> {
    const beganAtMs = nowMs();
    flight().state = 'loading';
    try {
      const value = await load();
      if (flight().state === 'loading') keep(key, value, beganAtMs);
      return value;
    } finally {
      if (flights.get(key) === flight()) flights.delete(key);
    }
  }

  return {
    join: (key) => {
      const flight = flights.get(key);
      return flight?.state === 'outdated' ? undefined : flight?.promise;
    },
    start: (key, load) => {
      const before = flights.get(key)?.promise.catch(() => undefined) ?? Promise.resolve();
      const flight: Flight<T> = {
        promise: before.then(() => fly(key, () => flight, load)),
        state: 'waiting',
      };
      flights.set(key, flight);
      return flight.promise;
    },
    outdate: (key) => {
      const flight = flights.get(key);
      if (flight !== undefined) outdate(flight);
    },
    outdateAll: () => {
      for (const flight of flights.values()) outdate(flight);
    },
  };
}
