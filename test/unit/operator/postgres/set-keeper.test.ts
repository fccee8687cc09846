import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import type { AgentStatus } from '../../../../operator/agent/protocol.ts';
import { createPostgresMetrics } from '../../../../operator/postgres/postgres-metrics.ts';
import { POSTGRES_SETS } from '../../../../operator/postgres/resource.ts';
import type { HistoryEntry, PostgresSet } from '../../../../operator/postgres/resource.ts';
import { createSetKeeper } from '../../../../operator/postgres/set-keeper.ts';
import type { SetKeeper } from '../../../../operator/postgres/set-keeper.ts';
import { ApiError } from '../../../../operator/runtime/api.ts';
import type { CallOptions } from '../../../../operator/runtime/api.ts';
import { silentLogger } from '../../../../operator/runtime/log.ts';
import { createMetrics } from '../../../../operator/runtime/metrics.ts';
import { objectPath } from '../../../../operator/runtime/paths.ts';
import { eventually } from '../../../support/eventually.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { createMemoryApi } from '../../../support/memory-api.ts';
import type { MemoryApi } from '../../../support/memory-api.ts';
import { timeouts } from '../../../support/timeouts.ts';
import { ballot, serving, status } from './observed-fixtures.ts';

const PATH = objectPath(POSTGRES_SETS, 'ns', 'pg');
const NAMES = ['pg-0', 'pg-1', 'pg-2'];
const SPEAK_MS = 100;
const within = { withinMs: timeouts.soonMs, everyMs: 5 };

/** An agent that says what it is told to say, again and again and over HTTP, as a real one does. */
class Agent {
  readonly #name: string;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  readonly #timer = setInterval(() => this.#speak(), SPEAK_MS);
  #status: AgentStatus;
  /** What the newest listener identified itself with. */
  authorization: string | undefined;

  constructor(name: string) {
    this.#name = name;
    this.#status = status(name);
    this.#server = createServer((request, response) => {
      if (request.url !== '/v1/stream') {
        response.end('{"accepted":true}');
        return;
      }
      this.authorization = request.headers.authorization;
      this.#streams.add(response);
      this.#speak();
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  say(changes: Partial<AgentStatus>): void {
    this.#status = status(this.#name, changes);
    this.#speak();
  }

  #speak(): void {
    for (const stream of this.#streams) stream.write(`${JSON.stringify(this.#status)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('the keeper of a PostgresSet', () => {
  const agents = new Map(NAMES.map((name) => [name, new Agent(name)]));
  const clock = createManualClock();
  let api: MemoryApi;
  let keeper: SetKeeper;
  let leads: boolean;
  let token: string;
  /** The next such write is made, and its answer lost. */
  let loseAnswerTo: ((body: string) => boolean) | null;

  const read = (): PostgresSet => api.get(PATH) as PostgresSet;
  const history = (): readonly HistoryEntry[] => read().status?.history ?? [];

  const request = async <T>(method: string, path: string, options: CallOptions = {}): Promise<T> => {
    const answer = await api.request<T>(method, path, options);
    if (loseAnswerTo?.(JSON.stringify(options.body)) !== true) return answer;
    loseAnswerTo = null;
    throw new ApiError(`${method} ${path}: no answer in time`, 0);
  };

  /** `primary` was elected in `term`, has committed, and nobody wrote it down yet. */
  const elected = async (term: number, primary: string, from: string): Promise<void> => {
    const promoting = ballot({ term, stage: 'promoting', primary, from, cause: 'gone' });
    api.put(PATH, { ...read(), status: { ...read().status, ballot: promoting, systemId: '7' } });
    for (const [name, agent] of agents) {
      const lineage = [{ term, startLsn: '0/0' }];
      agent.say({ term, primary, lineage, ...(name === primary && { ...serving, servingTerm: term }) });
    }
    await eventually(async () => {
      // A pass whose answer is lost ends early; the next one finds what it wrote.
      await keeper.reconcile().catch(() => undefined);
      expect(read().status?.ballot).to.include({ stage: 'serving', term });
    }, within);
  };

  /** Once a second at most it is written for people. */
  const reported = async (): Promise<void> => {
    await clock.advance(1000);
    await keeper.reconcile();
  };

  before(() => Promise.all([...agents.values()].map((agent) => agent.listen())));

  after(() => agents.forEach((agent) => agent.close()));

  beforeEach(() => {
    [leads, token, loseAnswerTo] = [true, 'first', null];
    api = createMemoryApi();
    const services = { rw: 'pg-rw', ro: 'pg-ro', peers: 'pg-peers' };
    const spec = { statefulSet: 'pg', members: 3, database: 'app', owner: 'app', services };
    api.put(PATH, {
      metadata: { name: 'pg', namespace: 'ns', uid: 'u' },
      spec: { ...spec, credentialsSecret: 'pg-credentials' },
    });
    const metrics = createMetrics();
    keeper = createSetKeeper({
      context: {
        api: Object.assign(Object.create(api) as MemoryApi, { request }),
        ...{ clock, log: silentLogger, metrics, namespace: 'ns', identity: 'test' },
        events: { record: () => undefined },
        enqueue: () => undefined,
        isLeader: () => leads,
      },
      name: 'pg',
      metrics: createPostgresMetrics(metrics.registry),
      read,
      pod: (name) => ({ metadata: { name, uid: name }, status: { podIP: '127.0.0.1', phase: 'Running' } }),
      secrets: { get: () => token, stop: () => undefined },
      agentPort: (name) => agents.get(name)?.port ?? 0,
    });
  });

  afterEach(() => keeper.stop());

  it('tells a change of primary also when the answer to its last step was lost, and the next one by itself', async () => {
    loseAnswerTo = (body) => body.includes('"stage":"serving"');
    await elected(6, 'pg-1', 'pg-0');
    await reported();
    expect(history()).to.have.length(1);
    expect(history()[0]).to.include({ term: 6, from: 'pg-0', to: 'pg-1' });
    await elected(7, 'pg-2', 'pg-1');
    await reported();
    expect(history()).to.have.length(2);
    expect(history()[0]).to.include({ term: 7, from: 'pg-1', to: 'pg-2' });
    expect(history()[0]?.millis).to.include({ total: 0 });
  });

  it('tells it once also when the answer to the report was lost', async () => {
    loseAnswerTo = (body) => body.includes('"history":[{');
    await elected(6, 'pg-1', 'pg-0');
    await reported();
    expect(loseAnswerTo).to.equal(null);
    expect(history().map(({ term }) => term)).to.deep.equal([6]);
  });

  it('takes the new token also where it does not lead, and so has no passes', async () => {
    leads = false;
    const heard = (): unknown[] => [...agents.values()].map(({ authorization }) => authorization);
    keeper.aim();
    await eventually(() => expect(heard()).to.deep.equal(NAMES.map(() => 'Bearer first')), within);
    token = 'second';
    keeper.aim();
    await clock.advance(6 * 60_000);
    await eventually(() => expect(heard()).to.deep.equal(NAMES.map(() => 'Bearer second')), within);
  });
});
