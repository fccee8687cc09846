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
  noteMounted,
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

  it('keep what was mounted before when nobody pushes', () => {
    noteMounted(place());
    mount('second');
    noteMounted(place());
    mount('third');
    noteMounted(place());
    expect(readPassword(place(), key)).to.equal('third');
    expect(candidates(place(), key)).to.deep.equal(['third', 'second', 'first']);
  });

  it('let in who still has the token that a mounted file has replaced before it was pushed', () => {
    keepPushed(place(), all('second'), 0);
    mount('third');
    expect(acceptedTokens(place(), minutes(1))).to.deep.equal(['third', 'second', 'first']);
    noteMounted(place(), minutes(1));
    keepPushed(place(), all('third'), minutes(2));
    expect(acceptedTokens(place(), minutes(9))).to.deep.equal(['third', 'second', 'first']);
    expect(acceptedTokens(place(), minutes(12))).to.deep.equal(['third']);
  });

  it('let a former token in for some minutes, not for ever', () => {
    keepPushed(place(), all('second'), 0);
    expect(acceptedTokens(place(), minutes(5))).to.deep.equal(['second', 'first']);
    mount('second');
    expect(acceptedTokens(place(), minutes(15))).to.deep.equal(['second']);
  });
});
