import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { NO_FAILED_CLONES, rejoinByClone } from '../../../../operator/agent/rejoin.ts';
import { NOTHING_PROMISED } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import { readSettings } from '../../../../operator/agent/settings.ts';
import type { Machine } from '../../../../operator/agent/state.ts';
import { silentLogger } from '../../../../operator/runtime/log.ts';

const record: PromiseRecord = {
  ...NOTHING_PROMISED,
  ...{ term: 3, role: 'standby', primary: 'pg-1', data: 'whole' },
  pending: { lineage: [{ term: 3, startLsn: '0/0' }], mayReplaceData: true },
};

describe('a member that is cloned', () => {
  let folder = '';
  const pgdata = (): string => join(folder, 'pgdata');

  const settings = () =>
    readSettings({
      ...{ POD_NAME: 'pg-0', MEMBERS: 'pg-0,pg-1,pg-2', PEER_ADDRESSES: 'pg-1=127.0.0.1:1:2' },
      ...{ DATABASE: 'app', DATABASE_OWNER: 'app', CREDENTIALS_DIR: folder },
      ...{ PGDATA: pgdata(), POSTGRES_BIN: join(folder, 'bin') },
    });

  /** What was on the volume each time a promise was about to be written. */
  const promises: { readonly data: string; readonly files: readonly string[] }[] = [];
  const machine = (): Machine =>
    ({
      ...{ settings: settings(), log: silentLogger, record, ruleInForce: null, upstream: null },
      failedClones: NO_FAILED_CLONES,
      file: { save: ({ data }: PromiseRecord) => promises.push({ data, files: readdirSync(pgdata()) }) },
    }) as unknown as Machine;

  const basebackup = (does: string): void => {
    const program = join(folder, 'bin', 'pg_basebackup');
    writeFileSync(program, `#!/bin/sh\n${does}\n`);
    chmodSync(program, 0o755);
  };

  beforeEach(() => {
    promises.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'rejoin-'));
    for (const path of [pgdata(), join(folder, 'bin')]) mkdirSync(path);
    writeFileSync(join(pgdata(), 'old'), '');
    writeFileSync(join(folder, 'replication-password'), 'secret');
    basebackup('mkdir "$2" && touch "$2/copied"');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('is torn from before its data is exchanged until it is a standby’s: it may be cut off anywhere', async () => {
    await rejoinByClone(machine(), new AbortController().signal);
    expect(promises).to.deep.equal([
      { data: 'torn', files: ['old'] },
      { data: 'whole', files: ['copied', 'standby.signal'] },
    ]);
    expect(existsSync(`${pgdata()}.old`)).to.equal(false);
  });

  it('keeps what it has when the clone fails, and waits longer each time: each reads the whole database', async () => {
    basebackup('exit 1');
    const cloned = machine();
    const pausesMs: number[] = [];
    while (pausesMs.length < 3) {
      const error = await rejoinByClone(cloned, new AbortController().signal).catch(String);
      expect(error).to.include('pg_basebackup');
      pausesMs.push(cloned.failedClones.pauseUntilMs - performance.now());
    }
    expect(pausesMs).to.deep.equal(pausesMs.toSorted((a, b) => a - b));
    expect(readdirSync(pgdata())).to.deep.equal(['old']);
    expect(promises).to.deep.equal([]);
  });
});
