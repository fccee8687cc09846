// What the controller remembers of a RedisSet belongs to that object and not to its name.
import { expect } from 'chai';
import { redisControllerWith } from '../../../../operator/redis/controller.ts';
import { NodeSilent } from '../../../../operator/redis/links.ts';
import type { LinkOptions } from '../../../../operator/redis/links.ts';
import { REDIS_SETS } from '../../../../operator/redis/resource.ts';
import type { RedisSetObject } from '../../../../operator/redis/resource.ts';
import type { Controller } from '../../../../operator/runtime/controller.ts';
import { silentLogger } from '../../../../operator/runtime/log.ts';
import { createMetrics } from '../../../../operator/runtime/metrics.ts';
import { objectPath, SECRETS, SERVICES, STATEFUL_SETS } from '../../../../operator/runtime/paths.ts';
import { TLS_ANNOTATION } from '../../../../operator/runtime/transport.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';

const PATH = objectPath(REDIS_SETS, 'ns', 'cache');
const STATUS_PATCH = `PATCH ${PATH}/status`;

interface OpenedLinks {
  readonly options: LinkOptions;
  isClosed: boolean;
}

const spec = {
  ...{ statefulSet: 'redis', members: 3, sentinelStatefulSet: 'sentinel', sentinels: 3 },
  ...{ masterName: 'main', credentialsSecret: 'credentials' },
};

describe('the controller of a RedisSet', () => {
  const clock = createManualClock();
  let api: MemoryApi;
  let controller: Controller;
  /** In the order they were opened; no node answers on any of them. */
  let opened: OpenedLinks[];

  const read = () => api.get(PATH) as RedisSetObject;
  const create = (uid: string, rest: Partial<RedisSetObject> = {}): void =>
    api.put(PATH, { metadata: { name: 'cache', uid }, spec, ...rest });
  const putSecret = (name: string, operator: string): void => {
    const data = { 'operator-password': btoa(operator), 'sentinel-password': btoa('sentinel') };
    api.put(objectPath(SECRETS, 'ns', name), { metadata: { name }, data });
  };
  /** The first question for a Secret only begins its reading. */
  const reconciled = async (): Promise<void> => {
    await controller.reconcile('cache');
    await clock.advance(0);
    await controller.reconcile('cache');
  };
  const patches = (): number => api.writes.filter((write) => write === STATUS_PATCH).length;

  beforeEach(async () => {
    api = createMemoryApi();
    opened = [];
    putSecret('credentials', 'old');
    for (const [index, name] of ['redis', 'sentinel']
      .flatMap((set) => [0, 1, 2].map((of) => `${set}-${of}`))
      .entries()) {
      api.put(objectPath(SERVICES, 'ns', name), {
        metadata: { name },
        spec: { clusterIP: `10.0.0.${index}` },
      });
    }
    const open = (options: LinkOptions) => {
      const links = { options, isClosed: false };
      opened.push(links);
      return {
        ask: ({ address }: { address: string }) =>
          Promise.reject(new NodeSilent(address, 'unreachable', 'no route')),
        close: () => void (links.isClosed = true),
      };
    };
    controller = redisControllerWith(open)({
      ...{ api, clock, log: silentLogger, namespace: 'ns', identity: 'operator-1', metrics: createMetrics() },
      events: { record: () => undefined },
      enqueue: () => undefined,
      isLeader: () => true,
    });
    await clock.advance(0);
  });

  afterEach(() => controller.stop());

  it('writes the status of a set that was deleted and made again, although it sees what it saw before', async () => {
    putSecret('credentials', '');
    create('first');
    await reconciled();
    expect(patches()).to.equal(1);
    await reconciled();
    expect(patches(), 'nothing new to say').to.equal(1);
    api.delete(PATH);
    await reconciled();
    create('second');
    await reconciled();
    expect(patches()).to.equal(2);
  });

  it('takes over nothing of the dead one, also when nobody looked in between', async () => {
    create('first', { status: { term: 7, switchoverId: 'done', master: 'redis-1' } });
    await reconciled();
    expect(read().status).to.include({ term: 7, switchoverId: 'done' });
    api.delete(PATH);
    create('second');
    await reconciled();
    expect(read().status?.phase).to.be.a('string');
    expect(read().status).to.include({ term: 0 }).and.not.have.property('switchoverId');
    expect(opened.map(({ isClosed }) => isClosed)).to.deep.equal([true, false]);
  });

  it('closes the connections of a set that is gone', async () => {
    create('first');
    await reconciled();
    expect(opened).to.have.length(1);
    api.delete(PATH);
    await controller.reconcile('cache');
    expect(opened[0]).to.include({ isClosed: true });
  });

  it('speaks encrypted to a node whose pod is not there, as the next one will', async () => {
    const template = { metadata: { name: '', annotations: { [TLS_ANNOTATION]: 'certificate' } } };
    for (const name of ['redis', 'sentinel']) {
      api.put(objectPath(STATEFUL_SETS, 'ns', name), { metadata: { name }, spec: { template } });
    }
    const data = { 'ca.crt': btoa('the authority') };
    api.put(objectPath(SECRETS, 'ns', 'certificate'), { metadata: { name: 'certificate' }, data });
    await clock.advance(0);
    create('first');
    for (let read = 0; read < 3; read += 1) await reconciled();
    expect(opened[0]?.options.tls?.('10.0.0.1')).to.deep.equal({ ca: 'the authority', servername: 'redis' });
  });

  it('logs in with the passwords of the Secret that the set names now', async () => {
    create('first');
    await reconciled();
    expect(opened[0]?.options.passwords()).to.deep.equal(['old']);
    putSecret('other', 'new');
    create('first', { spec: { ...spec, credentialsSecret: 'other' } });
    await reconciled();
    expect(opened).to.have.length(1);
    expect(opened[0]?.options.passwords()).to.deep.equal(['new', 'old']);
  });
});
