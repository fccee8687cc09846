import { expect } from 'chai';
import type { Command } from '../../../../operator/agent/protocol.ts';
import { NOTHING_PROMISED, obey } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';

const LINEAGE = [{ term: 1, startLsn: '0/0' }];

function record(changes: Partial<PromiseRecord>): PromiseRecord {
  return { ...NOTHING_PROMISED, term: 3, data: 'whole', systemId: '7', lineage: LINEAGE, ...changes };
}

function followCommand(term: number, primary = 'pg-1'): Command {
  return { kind: 'follow', term, primary, systemId: '7', lineage: LINEAGE, mayReplaceData: false };
}

function reasonOf(before: PromiseRecord, command: Command, voteLsn: string | null = null): string {
  const answer = obey(before, command, { voteLsn });
  return answer.accepted ? 'accepted' : answer.reason;
}

function after(before: PromiseRecord, command: Command, voteLsn: string | null = null): PromiseRecord {
  const answer = obey(before, command, { voteLsn });
  if (!answer.accepted) throw new Error(answer.reason);
  return answer.next;
}

describe('what an agent promises', () => {
  const kinds = ['bootstrap', 'freeze', 'promote', 'start', 'stop'] as const;
  for (const command of [...kinds.map((kind): Command => ({ kind, term: 2 })), followCommand(2)]) {
    it(`refuses ${command.kind} of an older term for ever`, () => {
      expect(reasonOf(record({ role: 'standby', primary: 'pg-1' }), command)).to.include(
        'older than the promised 3',
      );
    });
  }

  it('freezes for a newer term and forgets whom it followed', () => {
    const next = after(record({ role: 'standby', primary: 'pg-1' }), { kind: 'freeze', term: 4 });
    expect(next).to.include({ term: 4, role: 'frozen', primary: null });
  });

  it('accepts the same freeze twice', () => {
    const frozen = record({ role: 'frozen' });
    expect(after(frozen, { kind: 'freeze', term: 3 })).to.equal(frozen);
  });

  for (const role of ['standby', 'primary'] as const) {
    it(`refuses a late freeze once it is ${role} of that very term`, () => {
      expect(reasonOf(record({ role }), { kind: 'freeze', term: 3 })).to.include('already decided');
    });
  }

  it('becomes primary only of the term it is frozen for, and writes down where its log begins', () => {
    const next = after(record({ role: 'frozen' }), { kind: 'promote', term: 3 }, '0/500');
    expect(next).to.include({ role: 'primary', wroteTerm: 3 });
    expect(next.lineage.at(-1)).to.deep.equal({ term: 3, startLsn: '0/500' });
    expect(reasonOf(record({ role: 'frozen' }), { kind: 'promote', term: 4 }, '0/500')).to.include(
      'not frozen for term 4',
    );
  });

  it('forgets what its former primary wrote and it never received, when it is promoted', () => {
    const lineage = [...LINEAGE, { term: 2, startLsn: '0/600' }];
    const next = after(record({ role: 'frozen', lineage }), { kind: 'promote', term: 3 }, '0/500');
    expect(next.lineage).to.deep.equal([...LINEAGE, { term: 3, startLsn: '0/500' }]);
  });

  it('is not promoted before it has replayed its log to the end', () => {
    expect(reasonOf(record({ role: 'frozen' }), { kind: 'promote', term: 3 })).to.include(
      'end of the local WAL',
    );
  });

  for (const data of ['torn', 'foreign', 'empty'] as const) {
    it(`is never promoted with ${data} data`, () => {
      const promote: Command = { kind: 'promote', term: 3 };
      expect(reasonOf(record({ role: 'frozen', data }), promote, '0/500')).to.equal(`data is ${data}`);
    });
  }

  it('makes a database only on a volume that is empty and promised nothing', () => {
    expect(reasonOf(NOTHING_PROMISED, { kind: 'bootstrap', term: 1 })).to.equal('accepted');
    expect(reasonOf(record({ term: 0 }), { kind: 'bootstrap', term: 1 })).to.include('not an empty');
    expect(reasonOf(record({ data: 'empty' }), { kind: 'bootstrap', term: 4 })).to.include('not an empty');
  });

  it('follows one primary per term', () => {
    const standby = record({ role: 'standby', primary: 'pg-1' });
    expect(reasonOf(standby, followCommand(3, 'pg-2'))).to.include('belongs to another');
    expect(after(standby, followCommand(3, 'pg-1'))).to.equal(standby);
    expect(reasonOf(record({ role: 'primary' }), followCommand(3))).to.include('primary of term 3 itself');
  });

  it('notes where its primary’s pod is now, without comparing anew', () => {
    const standby = record({ role: 'standby', primary: 'pg-1', primaryAddress: '10.0.0.1' });
    const next = after(standby, { ...followCommand(3), address: '10.0.0.2' } as Command);
    expect(next).to.deep.equal({ ...standby, primaryAddress: '10.0.0.2' });
  });

  it('has to compare logs before it streams from a new primary', () => {
    expect(after(record({ role: 'frozen' }), followCommand(4)).pending).to.deep.equal({
      lineage: LINEAGE,
      mayReplaceData: false,
    });
  });

  it('takes data of another system for foreign, whoever asks it to follow', () => {
    expect(after(record({ role: 'frozen', systemId: '8' }), followCommand(4)).data).to.equal('foreign');
  });

  it('runs as primary again only in the term it is primary of', () => {
    expect(reasonOf(record({ role: 'primary' }), { kind: 'start', term: 3 })).to.equal('accepted');
    expect(reasonOf(record({ role: 'primary' }), { kind: 'start', term: 4 })).to.include(
      'not the primary of term 4',
    );
    expect(reasonOf(record({ role: 'standby' }), { kind: 'start', term: 3 })).to.include('not the primary');
  });
});
