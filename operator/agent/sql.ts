// The agent's own connection to its Postgres, over the local socket. Every query has a deadline; a connection that
// missed one is thrown away, because what it would answer later belongs to an older question.
import pg from 'pg';
import { candidates } from './passwords/known-passwords.ts';
import type { Settings } from './settings.ts';

export interface Sql {
  /** Rejects when there is no answer within `deadlineMs`, or when the server refuses. */
  query<Row extends object>(text: string, deadlineMs?: number): Promise<readonly Row[]>;
  /** Connects if it is not connected, so that the next query need not. Rejects like a query. */
  open(): Promise<void>;
  close(): void;
}

const DEADLINE_MS = 1000;
const CONNECT_DEADLINE_MS = 1000;
const WRONG_PASSWORD = '28P01';

export function createSql(settings: Settings, database = 'postgres'): Sql {
  return new LocalConnection(settings, database);
}

class LocalConnection implements Sql {
  readonly #settings: Settings;
  readonly #database: string;
  #client: pg.Client | null = null;

  constructor(settings: Settings, database: string) {
    this.#settings = settings;
    this.#database = database;
  }

  async query<Row extends object>(text: string, deadlineMs = DEADLINE_MS): Promise<readonly Row[]> {
    const client = this.#client ?? (await this.#connect());
    try {
      return await within<readonly Row[]>(
        deadlineMs,
        client.query<Row>(text).then(({ rows }) => rows),
      );
    } catch (error) {
      // An error of the statement itself leaves the connection good; all others do not.
      if (!(error instanceof pg.DatabaseError) || error.severity === 'FATAL') this.#drop(client);
      throw error;
    }
  }

  async open(): Promise<void> {
    if (!this.#client) await this.#connect();
  }

  close(): void {
    if (this.#client) this.#drop(this.#client);
  }

  /** While passwords change, the server may still expect a former one. */
  async #connect(): Promise<pg.Client> {
    const passwords = candidates(this.#settings, 'superuser-password');
    for (const [index, password] of passwords.entries()) {
      try {
        return await this.#connectWith(password);
      } catch (error) {
        const isWrong = error instanceof pg.DatabaseError && error.code === WRONG_PASSWORD;
        if (!isWrong || index === passwords.length - 1) throw error;
      }
    }
    throw new Error('sql: no password known');
  }

  async #connectWith(password: string): Promise<pg.Client> {
    const client = new pg.Client({
      host: this.#settings.socketDir,
      port: this.#settings.postgresPort,
      user: 'postgres',
      database: this.#database,
      password,
      application_name: 'agent',
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
    });
    client.on('error', () => this.#drop(client));
    try {
      await client.connect();
    } catch (error) {
      this.#drop(client);
      throw error;
    }
    this.#client = client;
    return client;
  }

  #drop(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
    // Not end(): it would wait for a server that may be stopped. Closing the socket is enough.
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

async function within<T>(deadlineMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`sql: no answer within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, expired]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
