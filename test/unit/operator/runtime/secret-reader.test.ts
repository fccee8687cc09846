import { expect } from 'chai';
import { silentLogger } from '../../../../operator/runtime/log.ts';
import { objectPath, SECRETS } from '../../../../operator/runtime/paths.ts';
import { createSecretReader } from '../../../../operator/runtime/secret-reader.ts';
import { eventually } from '../../../support/eventually.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import { timeouts } from '../../../support/timeouts.ts';

const within = { withinMs: timeouts.soonMs, everyMs: 5 };

describe('what an operator reads of a Secret', () => {
  const reader = (text: string) => {
    const api = createMemoryApi();
    api.put(objectPath(SECRETS, 'ns', 'keys'), { metadata: { name: 'keys' }, data: { token: btoa(text) } });
    const parts = { api, clock: createManualClock(), log: silentLogger, namespace: 'ns' };
    return createSecretReader(parts, () => undefined);
  };

  it('is nothing until it was read', () => {
    expect(reader('first').get('keys', 'token')).to.equal(null);
  });

  it('has no end of a line, which who mounts it drops: all would say another password than they know', async () => {
    const secrets = reader('first\n');
    await eventually(() => expect(secrets.get('keys', 'token')).to.equal('first'), within);
    expect(secrets.get('keys', 'missing')).to.equal('');
  });
});
