// One load per key at a time, shared by all who ask meanwhile. A load whose key was dropped while it ran still
// answers those who waited for it, but is not kept, and the next one begins only after it has ended.

export interface Flights<T> {
  /** The load under way that may be shared; undefined when there is none, or its answer would be too old. */
  readonly join: (key: string) => Promise<T> | undefined;
  readonly start: (key: string, load: () => Promise<T>) => Promise<T>;
  readonly outdate: (key: string) => void;
  readonly outdateAll: () => void;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  outdated: boolean;
}

/** `keep` is given what was loaded and still holds, with the moment at which its load began. */
export function createFlights<T>(keep: (key: string, value: T, beganAtMs: number) => void): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  async function fly(key: string, flight: () => Flight<T>, load: () => Promise<T>): Promise<T> {
    const beganAtMs = performance.now();
    try {
      const value = await load();
      if (!flight().outdated) keep(key, value, beganAtMs);
      return value;
    } finally {
      if (flights.get(key) === flight()) flights.delete(key);
    }
  }

  return {
    join: (key) => {
      const flight = flights.get(key);
      return flight?.outdated === false ? flight.promise : undefined;
    },
    start: (key, load) => {
      const before = flights.get(key)?.promise.catch(() => undefined) ?? Promise.resolve();
      const flight: Flight<T> = { promise: before.then(() => fly(key, () => flight, load)), outdated: false };
      flights.set(key, flight);
      return flight.promise;
    },
    outdate: (key) => {
      const flight = flights.get(key);
      if (flight !== undefined) flight.outdated = true;
    },
    outdateAll: () => {
      for (const flight of flights.values()) flight.outdated = true;
    },
  };
}
