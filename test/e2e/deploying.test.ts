// `make deploy` against what is there: it never touches a cluster nobody named, and does no work twice.
import { expect } from 'chai';
import { deploy } from '../support/deploy-command.ts';
import { kubectl } from '../support/kubectl.ts';
import { shopUrl } from '../support/shop-client.ts';
import { untilSteady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

describe('make deploy', function () {
  this.timeout(timeouts.steadyStateMs * 2);

  it('refuses a context that does not exist, in one line with those that do', async () => {
    const ended = await deploy({ KUBE_CONTEXT: 'kind-nowhere' }, timeouts.steadyStateMs);
    expect(ended.code).to.equal(1);
    expect(ended.stderr.trimEnd().split('\n').at(-1)).to.match(
      /KUBE_CONTEXT=kind-nowhere is unknown: known are/,
    );
  });

  it('repeated without a change replaces no pod and ends with the URL', async () => {
    await untilSteady();
    const podIds = (): Promise<string> =>
      kubectl([
        'get',
        'pods',
        '--field-selector=status.phase=Running',
        '-o',
        'jsonpath={.items[*].metadata.uid}',
      ]);
    const before = await podIds();
    const ended = await deploy({}, timeouts.steadyStateMs);
    expect(ended.code, ended.stderr).to.equal(0);
    expect(ended.stdout.trimEnd().split('\n').at(-1)).to.equal(shopUrl);
    expect(await podIds()).to.equal(before);
  });
});
