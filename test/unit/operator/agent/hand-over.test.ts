import { expect } from 'chai';
import { quieten } from '../../../../operator/agent/hand-over.ts';
import type { Machine } from '../../../../operator/agent/state.ts';

/** A server whose checkpoint takes longer than it is waited for: the agent's connection is thrown away then. */
const slowServer = () => {
  const asked: string[] = [];
  let isConnected = true;
  let admits = true;
  const open = (): Promise<void> => {
    isConnected ||= admits;
    return isConnected ? Promise.resolve() : Promise.reject(new Error('nobody is let in'));
  };
  const query = async (text: string): Promise<readonly object[]> => {
    await open();
    asked.push(text);
    if (text !== 'CHECKPOINT') return [{ ended: 0, held: true }];
    isConnected = false;
    throw new Error('sql: no answer within 1000 ms');
  };
  const process = { admitNobody: () => (admits = false) };
  const machine = { process, sql: { query, open } } as unknown as Machine;
  return { machine, asked };
};

describe('a primary that hands over', () => {
  it('ends sessions and looks after the standbys also when its checkpoint takes too long', async () => {
    const { machine, asked } = slowServer();
    await quieten(machine);
    const [, ending, standbys] = asked;
    expect(ending).to.include('pg_terminate_backend');
    expect(standbys).to.include('pg_stat_replication');
  });
});
