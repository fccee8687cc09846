// The operator's own election, against the worst case: it takes a master for dead that lives and takes writes. And how
// it tells the ways in which a server can be silent.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { elect } from '../../../operator/redis/elect.ts';
import { openLinks } from '../../../operator/redis/links.ts';
import { leastDownAfterMs } from '../../../operator/redis/model.ts';
import type { Links } from '../../../operator/redis/links.ts';
import { allWouldChoose, replicaAsKnown } from '../../../operator/redis/known-replica.ts';
import { observeMember } from '../../../operator/redis/observe.ts';
import { nodeNamed } from '../../../operator/redis/tell.ts';
import type { ActionContext } from '../../../operator/redis/tell.ts';
import { startLedger } from '../../load/ledger.ts';
import type { Ledger } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { contextOf } from '../../support/redis-operator.ts';
import { masterName } from '../../support/redis-set.ts';
import { startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const nobodyThere = '127.0.0.99';

describe("the operator's election", () => {
  let tier: RedisTier;
  let links: Links;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    tier = await startRedisTier();
    links = openLinks({ passwords: () => [tier.set.password('operator')], onLost: () => undefined });
  });

  after(async () => {
    links.close();
    await tier.close();
  });

  /** The set as seen by an operator that is cut off from `hidden`, and only from it. */
  const without = (hidden: string): ActionContext => {
    const context = contextOf(tier.set, links);
    const members = context.set.members.map((member) =>
      member.name === hidden ? { ...member, address: nobodyThere } : member,
    );
    return { ...context, set: { ...context.set, members } };
  };

  async function acknowledges(
    ledger: Ledger,
    count: number,
    withinMs: number = timeouts.steadyStateMs,
  ): Promise<void> {
    const from = ledger.acknowledged();
    await eventually(() => expect(ledger.acknowledged()).to.be.above(from + count), { withinMs });
  }

  it('loses nothing even against a living master that only the operator cannot see', async () => {
    for (let round = 0; round < 3; round += 1) {
      const master = await tier.master();
      const [winner = ''] = tier.set.members.filter((name) => name !== master);
      await tier.operator.pause();
      const ledger = startLedger(redisCarts(tier.redis, 8), { paceMs: 1 });
      await acknowledges(ledger, 300, timeouts.localServerReadyMs);
      const steps = await elect(without(master), winner);
      expect(steps).to.have.keys('frozen', 'equal', 'asked', 'promoted');
      await acknowledges(ledger, 300, timeouts.localServerReadyMs);
      tier.operator.resume();
      expect(await tier.master()).to.not.equal(master);
      expect(await ledger.stop(), `round ${round}`).to.include({ lost: 0, doubled: 0 });
    }
  }).timeout(timeouts.steadyStateMs);

  it('promotes the newest, also when another one was thought to be', async () => {
    const master = await tier.master();
    const [winner = ''] = tier.set.members.filter((name) => name !== master);
    await tier.operator.pause();
    await tier.set.connect(winner).call('replicaof', '127.0.0.1', '1');
    await tier.set.connect(master).call('incr', 'ha:seq');
    await tier.set.connect(master).call('set', 'newest', 'yes');
    expect(await tier.set.connect(master).call('wait', 1, 2_000)).to.equal(1);
    await elect(without(master), winner);
    tier.operator.resume();
    const promoted = await tier.master();
    expect(promoted).to.not.equal(master);
    expect(await tier.set.connect(promoted).call('get', 'newest')).to.equal('yes');
  }).timeout(timeouts.steadyStateMs);

  /** `member` never gets what the newest has: as over a link that is too slow. */
  const leftBehind = (context: ActionContext, member: string): ActionContext => ({
    ...context,
    links: {
      ...context.links,
      ask: (node, commands) => {
        const isCatchingUp = commands.some(([verb, , port]) => verb === 'replicaof' && port === 6379);
        const isMembers = node.address === tier.set.address(member) && isCatchingUp;
        return isMembers ? Promise.resolve(commands.map(() => 'OK')) : context.links.ask(node, commands);
      },
    },
  });

  it('promotes none that lacks the newest, also where that is the one the Sentinels have preferred until now', async () => {
    const master = await tier.master();
    const [lacking = '', winner = ''] = tier.set.members.filter((name) => name !== master);
    await tier.operator.pause();
    const context = contextOf(tier.set, links);
    await tier.set.connect(lacking).call('config', 'set', 'replica-priority', '1');
    await eventually(
      async () => {
        const preferred = await allWouldChoose(context, nodeNamed(context.set.members, lacking), 1);
        expect(preferred).to.equal(true);
      },
      { withinMs: timeouts.steadyStateMs },
    );
    await tier.set.connect(lacking).call('replicaof', '127.0.0.1', '1');
    await tier.set.connect(master).call('incr', 'ha:seq');
    await tier.set.connect(master).call('set', 'newest', 'of all');
    expect(await tier.set.connect(master).call('wait', 1, 2_000)).to.equal(1);
    await elect(leftBehind(without(master), lacking), winner);
    tier.operator.resume();
    const promoted = await tier.master();
    expect(promoted).to.equal(winner);
    expect(await tier.set.connect(promoted).call('get', 'newest')).to.equal('of all');
  }).timeout(timeouts.steadyStateMs);

  it('costs those that are left no full copy, whichever of them the Sentinels choose', async () => {
    for (let round = 0; round < 3; round += 1) {
      const master = await tier.master();
      const left = tier.set.members.filter((name) => name !== master);
      await tier.operator.pause();
      const ledger = startLedger(redisCarts(tier.redis, 8), { paceMs: 1 });
      await acknowledges(ledger, 200);
      const before = await fullCopies(left);
      await tier.set.kill(master);
      await elect(without(master), left[0] ?? '');
      await acknowledges(ledger, 200);
      expect(await fullCopies(left), `round ${round}`).to.equal(before);
      tier.operator.resume();
      await tier.set.start(master);
      expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
    }
  }).timeout(timeouts.steadyStateMs);

  /** How many these members have given. */
  async function fullCopies(names: readonly string[]): Promise<number> {
    const answers = await Promise.all(names.map((name) => tier.set.connect(name).info('stats')));
    return answers.reduce((sum, answer) => sum + Number(/sync_full:(\d+)/.exec(answer)?.[1]), 0);
  }

  /** An operator that gets no CPU before it asks a Sentinel to fail over: their own silence period ends meanwhile. */
  const starved = (context: ActionContext): ActionContext => ({
    ...context,
    links: {
      ...context.links,
      ask: async (node, commands) => {
        if (commands.some(([name, verb]) => name === 'sentinel' && verb === 'failover')) await sleep(2_500);
        return context.links.ask(node, commands);
      },
    },
  });

  it('is the only one, and loses nothing, where it is so slow that the Sentinels would elect as well', async () => {
    const master = await tier.master();
    const epoch = tier.operator.last()?.verdict.epoch ?? 0;
    const [winner = ''] = tier.set.members.filter((name) => name !== master);
    await tier.operator.pause();
    const ledger = startLedger(redisCarts(tier.redis, 8), { paceMs: 1 });
    await acknowledges(ledger, 200);
    await tier.set.kill(master);
    await elect(starved(without(master)), winner);
    await acknowledges(ledger, 200);
    tier.operator.resume();
    await tier.set.start(master);
    await tier.master();
    expect(tier.operator.last()?.verdict.epoch).to.equal(epoch + 1);
    expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
  }).timeout(timeouts.steadyStateMs);

  it('lets Sentinels elect again that an operator held and left so', async () => {
    await tier.master();
    await tier.operator.pause();
    const held = ['sentinel', 'set', masterName, 'down-after-milliseconds', '120000'] as const;
    for (const name of tier.set.sentinels) await tier.set.connect(name).call(...held);
    tier.operator.resume();
    await eventually(
      () => {
        const { observed } = tier.operator.last() ?? expect.fail('nobody has looked yet');
        const periodsMs = [0.85, 1, 1.15].map((part) => Math.round(leastDownAfterMs * part));
        expect(observed.sentinels.map(({ watched }) => watched?.downAfterMs)).to.deep.equal(periodsMs);
      },
      { withinMs: timeouts.soonMs },
    );
  }).timeout(timeouts.steadyStateMs);

  it('elects also where a Sentinel has noticed and cannot elect', async () => {
    const master = await tier.master();
    const [winner = ''] = tier.set.members.filter((name) => name !== master);
    const [noticing = '', ...hung] = tier.set.sentinels;
    await tier.operator.pause();
    for (const name of hung) tier.set.freeze(name);
    try {
      await tier.set.kill(master);
      const client = tier.set.connect(noticing);
      await eventually(
        async () => expect(String(await client.call('sentinel', 'master', masterName))).to.contain('s_down'),
        { withinMs: timeouts.soonMs },
      );
      await elect(without(master), winner);
      expect(tier.set.nameOf((await tier.set.masterAddress()) ?? '')).to.not.equal(master);
    } finally {
      for (const name of hung) tier.set.thaw(name);
      tier.operator.resume();
    }
    await tier.set.start(master);
    await tier.master();
  }).timeout(timeouts.steadyStateMs);

  /** The master is dead, and no Sentinel would choose anybody who is left. */
  async function killWithNobodyElectable(): Promise<{ master: string; left: readonly string[] }> {
    const master = await tier.master();
    const left = tier.set.members.filter((name) => name !== master);
    await tier.operator.pause();
    for (const name of left) await tier.set.connect(name).call('config', 'set', 'replica-priority', '0');
    await tier.set.kill(master);
    const context = contextOf(tier.set, links);
    const untilKnown = left.flatMap((name) =>
      context.set.sentinels.map((sentinel) =>
        eventually(
          async () => {
            const { known } = await replicaAsKnown(context, sentinel, nodeNamed(context.set.members, name));
            expect(known?.get('slave-priority'), `${name} at ${sentinel.name}`).to.equal('0');
          },
          { withinMs: timeouts.steadyStateMs },
        ),
      ),
    );
    await Promise.all(untilKnown);
    return { master, left };
  }

  async function isReplaced(master: string): Promise<void> {
    // The Sentinel that was asked tells the others.
    await eventually(
      async () => expect(tier.set.nameOf((await tier.set.masterAddress()) ?? '')).to.not.equal(master),
      { withinMs: timeouts.soonMs },
    );
    tier.operator.resume();
    await tier.set.start(master);
    await tier.master();
  }

  it('promotes also a member that no Sentinel would choose, such as one that was just started', async () => {
    const { master, left } = await killWithNobodyElectable();
    await elect(without(master), left[0] ?? '');
    await isReplaced(master);
  }).timeout(timeouts.steadyStateMs);

  it('takes up what an election left that failed after it had promoted', async () => {
    const { master, left } = await killWithNobodyElectable();
    const [winner = ''] = left;
    await tier.set.connect(winner).call('replicaof', 'no', 'one');
    await elect(without(master), winner);
    await isReplaced(master);
  }).timeout(timeouts.steadyStateMs);

  it('tells a dead server from a hung one, and from one that knows another password', async () => {
    const master = await tier.master();
    const [name = ''] = tier.set.members.filter((each) => each !== master);
    const node = { name, address: tier.set.address(name) };
    const stranger = openLinks({ passwords: () => ['wrong'], onLost: () => undefined });
    try {
      expect(await observeMember(stranger, node)).to.include({ silence: 'rejects' });
      tier.set.freeze(name);
      expect(await observeMember(links, node)).to.include({ silence: 'mute' });
      expect(await observeMember(stranger, node)).to.include({ silence: 'mute' });
      tier.set.thaw(name);
      await tier.set.kill(name);
      expect(await observeMember(links, node)).to.include({ silence: 'refused' });
    } finally {
      stranger.close();
      await tier.set.start(name);
    }
  }).timeout(timeouts.fixtureMs);

  it('names the ACL user that a member lacks', async () => {
    const master = await tier.master();
    const [name = ''] = tier.set.members.filter((each) => each !== master);
    await tier.set.connect(name).call('acl', 'deluser', 'metrics');
    await eventually(
      () => expect(tier.operator.last()?.verdict.message).to.equal(`${name} has no ACL user metrics`),
      { withinMs: timeouts.soonMs },
    );
  });
});
