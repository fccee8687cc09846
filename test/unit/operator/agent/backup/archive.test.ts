import { expect } from 'chai';
import {
  archiveCommand,
  archiveMode,
  missingFromArchive,
} from '../../../../../operator/agent/backup/archive.ts';
import type { ArchiveFacts } from '../../../../../operator/agent/backup/archive.ts';

const facts: ArchiveFacts = {
  ...{ serving: true, caughtUp: true, queueBytes: 0, limitBytes: 100, before: 'push' },
  repositoryAnswers: false,
};

describe('what happens to finished WAL', () => {
  it('goes into the repository from a serving primary that has caught up, and waits with everybody else', () => {
    expect(archiveMode(facts)).to.equal('push');
    expect(archiveMode({ ...facts, serving: false })).to.equal('hold');
    expect(archiveMode({ ...facts, caughtUp: false })).to.equal('hold');
  });

  it('is given up beyond the limit, also while it waits, until the repository answers', () => {
    expect(archiveMode({ ...facts, queueBytes: 101 })).to.equal('drop');
    expect(archiveMode({ ...facts, serving: false, queueBytes: 101 })).to.equal('drop');
    expect(archiveMode({ ...facts, before: 'drop' })).to.equal('drop');
    expect(archiveMode({ ...facts, before: 'drop', repositoryAnswers: true })).to.equal('push');
  });

  it('is kept by Postgres when the command is empty, and dropped when it only says yes', () => {
    expect(archiveCommand('push', 'x %p')).to.equal('x %p');
    expect(archiveCommand('hold', 'x %p')).to.equal('');
    for (const mode of ['off', 'drop'] as const) expect(archiveCommand(mode, 'x %p')).to.equal('/bin/true');
  });
});

describe('what a new primary adds to the archive', () => {
  const segment = (timeline: number, number: number): string =>
    [timeline, Math.floor(number / 256), number % 256]
      .map((part) => part.toString(16).padStart(8, '0').toUpperCase())
      .join('');
  const held = [254, 255, 256, 257].map((number) => segment(1, number));

  it('is every segment after the newest in the repository, over the end of a log file too', () => {
    expect(missingFromArchive(segment(1, 255), held)).to.deep.equal({
      requeue: [segment(1, 256), segment(1, 257)],
      gap: false,
    });
    expect(missingFromArchive(segment(1, 257), held)).to.deep.equal({ requeue: [], gap: false });
  });

  it('is also what was written on a newer timeline', () => {
    const { requeue } = missingFromArchive(segment(1, 257), [...held, segment(2, 257)]);
    expect(requeue).to.deep.equal([segment(2, 257)]);
  });

  it('has a hole when the oldest segment here does not join on', () => {
    expect(missingFromArchive(segment(1, 253), held)).to.include({ gap: false });
    expect(missingFromArchive(segment(1, 252), held)).to.include({ gap: true });
  });

  it('is nothing for a new repository, which begins with its first backup', () => {
    expect(missingFromArchive(null, held)).to.deep.equal({ requeue: [], gap: false });
  });
});
