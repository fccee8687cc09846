import { expect } from 'chai';
import { targetMember } from '../../../k8s/deploy/switchover.ts';
import type { PostgresSet, PostgresSetStatus } from '../../../operator/postgres/resource.ts';

describe('make switchover', () => {
  const ballot = {
    term: 3,
    stage: 'serving',
    primary: 'pg-0',
    from: null,
    cause: null,
    startedAt: null,
  } as const;
  const members = [
    { name: 'pg-0', streaming: false },
    { name: 'pg-1', streaming: false },
    { name: 'pg-2', streaming: true },
  ];
  const set = (status: PostgresSetStatus): PostgresSet => ({
    metadata: { name: 'pg' },
    spec: {
      ...{ statefulSet: 'pg', members: 3, database: 'app', owner: 'app', credentialsSecret: 's' },
      services: { rw: 'rw', ro: 'ro', peers: 'peers' },
    },
    status: { ballot, members, phase: 'Healthy', ...status },
  });

  it('chooses a standby that streams when none is named', () => {
    expect(targetMember(set({}), undefined)).to.equal('pg-2');
  });

  it('takes the one that is named', () => {
    expect(targetMember(set({}), 'pg-2')).to.equal('pg-2');
  });

  it('refuses the present primary, a standby that does not stream, and a set without a primary', () => {
    expect(() => targetMember(set({}), 'pg-0')).to.throw('primary already');
    expect(() => targetMember(set({}), 'pg-1')).to.throw('TO=pg-1 is not a standby that streams: pg-2 are');
    const electing = { ...ballot, stage: 'electing', primary: null } as const;
    expect(() => targetMember(set({ ballot: electing }), undefined)).to.throw('no primary now');
    expect(() => targetMember(set({ members: members.slice(0, 2) }), undefined)).to.throw(
      'no standby streams',
    );
  });
});
