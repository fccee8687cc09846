import { expect } from 'chai';
import { plan } from '../../../../operator/agent/plan.ts';
import type { Leave, Local } from '../../../../operator/agent/plan.ts';
import { NOTHING_PROMISED } from '../../../../operator/agent/rules.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import { begun, down, pending, primary, standby, stopped } from './local-fixtures.ts';

type Row = [string, Partial<PromiseRecord>, Local, Leave, string];

const rows: readonly Row[] = [
  ['nothing promised: nothing runs', { role: 'none' }, primary, 'wait', 'kill'],
  [
    'frozen standby still configured: cut off',
    { role: 'frozen' },
    { ...standby, upstream: 'pg-1' },
    'wait',
    'setUpstream',
  ],
  [
    'frozen standby still receiving: kill the receiver',
    { role: 'frozen' },
    { ...standby, hasWalReceiver: true },
    'wait',
    'killWalReceiver',
  ],
  ['frozen standby that is cut off: wait', { role: 'frozen' }, standby, 'wait', 'nothing'],
  [
    'frozen standby that is cut off: count acknowledgements for the new term from now on',
    { role: 'frozen' },
    { ...standby, ruleInForce: false },
    'wait',
    'applyRule',
  ],
  ['frozen former primary: stop at once', { role: 'frozen', wroteTerm: 2 }, primary, 'wait', 'kill'],
  ['frozen former primary, stopped: stay down', { role: 'frozen', wroteTerm: 2 }, stopped, 'wait', 'nothing'],
  ['frozen standby, stopped: run to be able to vote', { role: 'frozen' }, down, 'wait', 'start'],
  ['frozen with torn data: stay down', { role: 'frozen', data: 'torn' }, stopped, 'wait', 'nothing'],
  ['frozen, but promoted by hand', { role: 'frozen' }, primary, 'wait', 'forked'],
  ['primary after a restart of the pod: wait for the word', { role: 'primary' }, stopped, 'wait', 'nothing'],
  ['primary with the word: start', { role: 'primary', ...begun }, stopped, 'run', 'start'],
  [
    'former primary elected where it is: first note where its term begins',
    { role: 'primary', wroteTerm: 2 },
    stopped,
    'run',
    'beginTerm',
  ],
  [
    'primary, new set: make the database',
    { role: 'primary', data: 'torn', systemId: null },
    stopped,
    'run',
    'initdb',
  ],
  [
    'primary that finds another database than its own: keep it',
    { role: 'primary', data: 'foreign' },
    stopped,
    'run',
    'nothing',
  ],
  [
    'primary whose volume is empty: make no second database',
    { role: 'primary', data: 'empty' },
    stopped,
    'run',
    'nothing',
  ],
  ['elected standby: promote', { role: 'primary', ...begun }, standby, 'run', 'promote'],
  [
    'elected, its term not begun: first replay the log to its end',
    { role: 'primary' },
    standby,
    'run',
    'nothing',
  ],
  [
    'elected, its term not begun, at the end of its log: note where that is',
    { role: 'primary' },
    { ...standby, atEndOfWal: true },
    'run',
    'beginTerm',
  ],
  [
    'elected, acknowledgements still counted for a former term: never writable like that',
    { role: 'primary', ...begun },
    { ...standby, ruleInForce: false },
    'run',
    'applyRule',
  ],
  ['promoted: put roles in order', { role: 'primary' }, { ...primary, settled: false }, 'run', 'settle'],
  ['primary for a switchover: hand over', { role: 'primary' }, primary, 'stop', 'handOver'],
  ['primary that serves', { role: 'primary' }, primary, 'run', 'nothing'],
  ['standby, stopped: start', { role: 'standby', primary: 'pg-1' }, down, 'wait', 'start'],
  [
    'standby of another: turn to the right one',
    { role: 'standby', primary: 'pg-1' },
    standby,
    'wait',
    'setUpstream',
  ],
  [
    'standby that follows',
    { role: 'standby', primary: 'pg-1' },
    { ...standby, upstream: 'pg-1' },
    'wait',
    'nothing',
  ],
  ['standby promoted by hand', { role: 'standby', primary: 'pg-1' }, primary, 'wait', 'forked'],
  ['empty volume: clone', { role: 'standby', primary: 'pg-1', data: 'empty' }, stopped, 'wait', 'clone'],
  [
    'torn volume without permission: keep it',
    { role: 'standby', primary: 'pg-1', data: 'torn', pending },
    stopped,
    'wait',
    'nothing',
  ],
  [
    'new primary: first cut off',
    { role: 'standby', primary: 'pg-1', pending },
    { ...standby, upstream: 'pg-0' },
    'wait',
    'setUpstream',
  ],
  [
    'new primary, log not yet replayed: wait',
    { role: 'standby', primary: 'pg-1', pending },
    standby,
    'wait',
    'nothing',
  ],
  [
    'new primary, log replayed: compare',
    { role: 'standby', primary: 'pg-1', pending },
    { ...standby, atEndOfWal: true },
    'wait',
    'compare',
  ],
  [
    'former primary under a new one: compare while stopped',
    { role: 'standby', primary: 'pg-1', pending, wroteTerm: 2 },
    stopped,
    'wait',
    'compareStopped',
  ],
  [
    'former primary that handed over, stopped: run as a standby to be compared',
    { role: 'standby', primary: 'pg-1', wroteTerm: 2, pending },
    { ...stopped, controlState: 'in production', handedOver: true },
    'wait',
    'start',
  ],
  [
    'former primary that handed over, at the end of its log: compare',
    { role: 'standby', primary: 'pg-1', wroteTerm: 2, pending },
    { ...standby, atEndOfWal: true, handedOver: true },
    'wait',
    'compare',
  ],
  [
    'former primary that ran as a standby before the agent was restarted, stopped: run as one again',
    { role: 'standby', primary: 'pg-1', wroteTerm: 2, pending },
    { ...down, controlState: 'in archive recovery' },
    'wait',
    'start',
  ],
  [
    'the same, running: compare, and do not stop what was just started',
    { role: 'standby', primary: 'pg-1', wroteTerm: 2, pending },
    { ...standby, atEndOfWal: true, startedForTerm: true },
    'wait',
    'compare',
  ],
  [
    'elected standby that another is preferred to while it is promoted: stop at once',
    { role: 'standby', primary: 'pg-1', wroteTerm: 2, pending },
    standby,
    'wait',
    'kill',
  ],
  [
    'former primary that handed over, frozen again: stop at once',
    { role: 'frozen', wroteTerm: 2 },
    { ...standby, handedOver: true },
    'wait',
    'kill',
  ],
  [
    'standby promoted by hand while the agent was away',
    { role: 'standby', primary: 'pg-1' },
    stopped,
    'wait',
    'forked',
  ],
  [
    'promoted by hand while the agent was away, then frozen: no vote',
    { role: 'frozen' },
    stopped,
    'wait',
    'forked',
  ],
  [
    'promoted by hand, not yet written down: keep it',
    { role: 'standby', primary: 'pg-1', data: 'forked', pending },
    stopped,
    'wait',
    'nothing',
  ],
  [
    'promoted by hand, written down: bring it back',
    { role: 'standby', primary: 'pg-1', data: 'forked', pending: { ...pending, mayReplaceData: true } },
    stopped,
    'wait',
    'replaceFork',
  ],
  [
    'promoted by hand, elections go on: stay down',
    { role: 'frozen', data: 'forked' },
    stopped,
    'wait',
    'nothing',
  ],
  [
    'standby that ended with a full disk: stay down until there is room',
    { role: 'standby', primary: 'pg-1' },
    { ...down, diskFull: true, failedStarts: 3 },
    'wait',
    'nothing',
  ],
  [
    'a copy needed on a full disk: not now',
    { role: 'standby', primary: 'pg-1', data: 'empty' },
    { ...stopped, diskFull: true },
    'wait',
    'nothing',
  ],
  [
    'standby that runs on with a full disk',
    { role: 'standby', primary: 'pg-1' },
    { ...standby, upstream: 'pg-1', diskFull: true },
    'wait',
    'nothing',
  ],
  [
    'primary with the word and a full disk: try',
    { role: 'primary', ...begun },
    { ...stopped, diskFull: true },
    'run',
    'start',
  ],
  [
    'a server that never comes up: give up',
    { role: 'standby', primary: 'pg-1' },
    { ...stopped, failedStarts: 3 },
    'wait',
    'giveUp',
  ],
];

describe('the agent’s next step', () => {
  for (const [name, changes, local, leave, expected] of rows) {
    it(`${name} → ${expected}`, () => {
      const record: PromiseRecord = {
        ...NOTHING_PROMISED,
        term: 3,
        data: 'whole',
        systemId: '7',
        ...changes,
      };
      expect(plan(record, local, leave).do).to.equal(expected);
    });
  }
});
