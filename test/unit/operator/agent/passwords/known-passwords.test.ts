import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  acceptedTokens,
  candidates,
  fingerprintOf,
  keepPushed,
  knownPasswords,
  noteOpened,
  PASSWORD_KEYS,
  readPassword,
} from '../../../../../operator/agent/passwords/known-passwords.ts';
import type { Passwords } from '../../../../../operator/agent/passwords/known-passwords.ts';

const all = (text: string): Passwords =>
  Object.fromEntries(PASSWORD_KEYS.map((key) => [key, text])) as Passwords;
const key = 'agent-token';
const minutes = (count: number): number => count * 60_000;

describe('the passwords a member knows', () => {
  let folder = '';
  const place = () => ({ credentialsDir: folder, confDir: folder });
  const mount = (text: string): void => {
    for (const name of PASSWORD_KEYS) writeFileSync(join(folder, name), `${text}\n`);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'passwords-'));
    mount('first');
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('are the mounted ones until the operator pushes others', () => {
    expect(readPassword(place(), key)).to.equal('first');
    keepPushed(place(), all('second'));
    expect(knownPasswords(place())).to.deep.equal(all('second'));
    expect(fingerprintOf(knownPasswords(place()))).to.equal(fingerprintOf(all('second')));
  });

  it('are the mounted ones again once the files have changed', () => {
    keepPushed(place(), all('second'));
    mount('third');
    expect(readPassword(place(), key)).to.equal('third');
    mount('second');
    expect(readPassword(place(), key)).to.equal('second');
  });

  it('keep what a server may still expect', () => {
    keepPushed(place(), all('second'));
    keepPushed(place(), all('third'));
    expect(candidates(place(), key)).to.deep.equal(['third', 'first', 'second']);
  });

  it('keep what was pushed when the mounted files change to another', () => {
    keepPushed(place(), all('second'));
    mount('third');
    expect(candidates(place(), key)).to.deep.equal(['third', 'second', 'first']);
  });

  it('keep what last opened the own server, whatever was mounted since', () => {
    noteOpened(place(), 'superuser-password', 'first');
    mount('second');
    expect(candidates(place(), 'superuser-password')).to.deep.equal(['second', 'first']);
    noteOpened(place(), 'superuser-password', 'second');
    expect(candidates(place(), 'superuser-password')).to.deep.equal(['second']);
  });

  it('let a former token in for some minutes, not for ever', () => {
    keepPushed(place(), all('second'), 0);
    expect(acceptedTokens(place(), minutes(5))).to.deep.equal(['second', 'first']);
    mount('second');
    expect(acceptedTokens(place(), minutes(15))).to.deep.equal(['second']);
  });
});
