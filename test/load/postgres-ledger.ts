// The ledger of writes: several writers insert rows without a pause and remember each one that was acknowledged.
// After a fault every remembered row must exist exactly once; the longest gap between two acknowledgements is the
// outage. An acknowledgement is an answer without a warning: a commit whose wait for a standby was cancelled warns.
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { watchOutages } from './outage.ts';
import type { Outage } from './outage.ts';

export interface LedgerOptions {
  /** A connected client of whoever takes writes now. Rejects when nobody does. */
  readonly connect: () => Promise<pg.Client>;
  /** @default 4 */
  readonly writers?: number;
  /** Pause of a writer after a commit, in milliseconds. @default 10 */
  readonly pauseMs?: number;
  /** Pause after an error, in milliseconds. @default 50 */
  readonly retryMs?: number;
}

export interface LedgerReport extends Outage {
  readonly acked: number;
  /** Acknowledged and not there. */
  readonly lost: number;
  /** There more than once. */
  readonly duplicated: number;
  /** There, never acknowledged, and possible: the answer was lost with the connection. */
  readonly inDoubt: number;
  /** Acknowledgements of an older timeline after one of a newer. */
  readonly backwards: number;
}

export interface Ledger {
  /** From here on outages are measured anew. */
  mark(): void;
  /** Longest gap since mark(), the present one included. */
  outageMs(): number;
  acked(): number;
  /** Stops the writers, then compares with what `client` finds. */
  finish(client: pg.Client): Promise<LedgerReport>;
}

const TABLE = 'ledger';

/** Creates the table, then starts writing. */
export async function startLedger(options: LedgerOptions): Promise<Ledger> {
  const { connect, writers = 4 } = options;
  const client = await connect();
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${TABLE} (id bigint NOT NULL, at timestamptz DEFAULT now())`,
    );
    await client.query(`TRUNCATE ${TABLE}`);
  } finally {
    client.connection.stream.destroy();
  }
  const book = new Book(options);
  for (let writer = 0; writer < writers; writer += 1) book.write(writer);
  return book;
}

class Book implements Ledger {
  readonly #options: LedgerOptions;
  readonly #acked = new Set<number>();
  readonly #running: Promise<void>[] = [];
  #stopped = false;
  readonly #outages = watchOutages();
  #timeline = '';
  #backwards = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  write(writer: number): void {
    this.#running.push(this.#loop(writer));
  }

  mark(): void {
    this.#outages.mark();
  }

  outageMs(): number {
    return this.#outages.outageMs();
  }

  acked(): number {
    return this.#acked.size;
  }

  async finish(client: pg.Client): Promise<LedgerReport> {
    this.#stopped = true;
    const outage = this.#outages.longest();
    await Promise.all(this.#running);
    const { rows } = await client.query<{ id: string; times: string }>(
      `SELECT id, count(*) AS times FROM ${TABLE} GROUP BY id`,
    );
    const found = new Map(rows.map(({ id, times }) => [Number(id), Number(times)]));
    return {
      acked: this.#acked.size,
      lost: [...this.#acked].filter((id) => !found.has(id)).length,
      duplicated: [...found.values()].filter((times) => times > 1).length,
      inDoubt: [...found.keys()].filter((id) => !this.#acked.has(id)).length,
      backwards: this.#backwards,
      ...outage,
    };
  }

  async #loop(writer: number): Promise<void> {
    const { connect, pauseMs = 10, retryMs = 50 } = this.#options;
    let client: pg.Client | null = null;
    for (let count = 0; !this.#stopped; count += 1) {
      try {
        client ??= await connect();
        await this.#insert(client, writer * 100_000_000 + count);
        await sleep(pauseMs);
      } catch {
        client?.connection.stream.destroy();
        client = null;
        await sleep(retryMs);
      }
    }
    await client?.end().catch(() => undefined);
  }

  async #insert(client: pg.Client, id: number): Promise<void> {
    const warnings: unknown[] = [];
    const onNotice = (notice: unknown): unknown => warnings.push(notice);
    client.on('notice', onNotice);
    try {
      const { rows } = await client.query<{ timeline: string }>(
        `INSERT INTO ${TABLE} (id) VALUES ($1) RETURNING substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS timeline`,
        [id],
      );
      if (warnings.length === 0) this.#note(id, rows[0]?.timeline ?? '');
    } finally {
      client.off('notice', onNotice);
    }
  }

  #note(id: number, timeline: string): void {
    this.#acked.add(id);
    this.#outages.acknowledged();
    if (timeline < this.#timeline) this.#backwards += 1;
    this.#timeline = timeline;
  }
}
