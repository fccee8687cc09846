// How passwords are rotated, look by look: what is added, whom the old ones are kept for, and when they go.
import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { keyOfUser, nodeLogins, planLogins, wantedLogins } from '../../../../operator/redis/logins.ts';
import type { NodeLogins } from '../../../../operator/redis/logins.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const users = Object.keys(keyOfUser);
const wanted = wantedLogins((key) => `new-${key}`);
const before = wantedLogins((key) => `old-${key}`);

/** A node that accepts these passwords of every user, and itself uses those of `mark`. */
const node = (name: string, accepted: readonly ('old' | 'new')[], mark = wanted.mark): NodeLogins => ({
  ...{ name, mark, appMarks: [] },
  hashes: new Map(
    Object.entries(keyOfUser).map(([user, key]) => [user, accepted.map((age) => sha256(`${age}-${key}`))]),
  ),
});
const silent: NodeLogins = { name: 'redis-1', hashes: undefined, mark: undefined, appMarks: [] };

describe('a plan to rotate the passwords of a Redis set', () => {
  it('has nothing to do where everybody has what the Secret holds', () => {
    const plan = planLogins([node('redis-0', ['new']), node('sentinel-0', ['new'])], wanted);
    expect(plan).to.deep.equal({ additions: [], removals: [], waitingFor: [] });
  });

  it('adds the new ones beside the old ones, of every user, and removes none', () => {
    const { additions, removals } = planLogins([node('redis-0', ['old'], before.mark)], wanted);
    expect(additions.map(({ user }) => user)).to.deep.equal(users);
    expect(additions[0]?.rule).to.equal(`#${sha256('new-app')}`);
    expect(removals).to.deep.equal([]);
  });

  it('keeps the old ones for a node that still uses them, and says so', () => {
    const nodes = [node('redis-0', ['new', 'old']), node('redis-1', ['new', 'old'], before.mark)];
    const { removals, waitingFor } = planLogins(nodes, wanted);
    expect(removals).to.deep.equal([]);
    expect(waitingFor).to.deep.equal(['redis-1, which uses other passwords']);
  });

  it('keeps them for a node that does not answer, and for an app that is connected with one', () => {
    const app = { ...node('redis-0', ['new', 'old']), appMarks: ['00000000', sha256('new-app').slice(0, 8)] };
    const { removals, waitingFor } = planLogins([app, silent], wanted);
    expect(removals).to.deep.equal([]);
    expect(waitingFor).to.deep.equal([
      '1 connections of the app to redis-0',
      'redis-1, which does not answer',
    ]);
  });

  it('gives the old ones also to a node that was restarted meanwhile and has the new ones only', () => {
    const nodes = [node('redis-0', ['new']), node('redis-1', ['new', 'old'], before.mark)];
    const { additions } = planLogins(nodes, wanted);
    expect(additions.map(({ node: name, rule }) => `${name} ${rule}`)).to.include(
      `redis-0 #${sha256('old-app')}`,
    );
  });

  it('removes them, and only them, once everybody uses the new ones', () => {
    const { additions, removals } = planLogins([node('redis-0', ['new', 'old'])], wanted);
    expect(additions).to.deep.equal([]);
    expect(removals.map(({ user }) => user)).to.deep.equal(users);
    expect(removals[0]?.rule).to.equal(`!${sha256('old-app')}`);
  });

  it('makes no user who is missing', () => {
    const bare: NodeLogins = { ...node('redis-0', ['old'], before.mark), hashes: new Map() };
    expect(planLogins([bare], wanted).additions).to.deep.equal([]);
  });

  it('touches nothing while the Secret lacks a password', () => {
    const { additions, removals } = planLogins(
      [node('redis-0', ['old'])],
      wantedLogins((key) => (key === 'app' ? '' : `new-${key}`)),
    );
    expect([...additions, ...removals]).to.deep.equal([]);
  });
});

describe('what a node tells of its passwords', () => {
  it('are the hashes of each user, its own mark, and the marks of the connected apps', () => {
    const acl = [
      `user app on #${sha256('a')} #${sha256('b')} ~* +@all`,
      `user mounted off #${sha256('m')} -@all`,
    ];
    const clients = [
      'id=1 addr=10.0.0.1:1 name=session@0a1b2c3d user=app lib-name=',
      'id=2 addr=10.0.0.2:1 name=operator user=operator',
      'id=3 addr=10.0.0.3:1 name= user=app',
    ].join('\n');
    const seen = nodeLogins('redis-0', acl, clients);
    expect(seen.hashes?.get('app')).to.deep.equal([sha256('a'), sha256('b')]);
    expect(seen).to.include({ mark: sha256('m') });
    expect(seen.appMarks).to.deep.equal(['0a1b2c3d']);
  });
});
