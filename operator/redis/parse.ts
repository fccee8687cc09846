// Turns Redis' and Sentinel's text answers into the model. A field that is missing reads as "worst case", never
// as "fine": an unknown link is down, an unknown role is a replica.
import type { MemberAnswer, ReplicaLink, WatchedMaster } from './model.ts';

export type Fields = ReadonlyMap<string, string>;

/** `INFO` → its `name:value` lines. */
export function parseInfo(text: string): Fields {
  const lines = text.split('\n').filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}

/** A flat `[name, value, name, value]` reply, or RESP3's map, → fields. */
export function parsePairs(reply: unknown): Fields {
  if (reply !== null && typeof reply === 'object' && !Array.isArray(reply)) {
    return new Map(Object.entries(reply).map(([key, value]) => [key, String(value)]));
  }
  const flat = Array.isArray(reply) ? reply.map(String) : [];
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    fields.set(flat[index] ?? '', flat[index + 1] ?? '');
  }
  return fields;
}

const number = (text: string | undefined, otherwise: number): number => {
  const value = Number(text);
  return text === undefined || text === '' || Number.isNaN(value) ? otherwise : value;
};

export interface MemberReplies {
  readonly info: string;
  readonly term: string | null;
  readonly termMaster: string | null;
  readonly sequence: string | null;
  readonly config: unknown;
  /** Lines of `ACL LIST`; undefined when it would not say. */
  readonly users: readonly string[] | undefined;
  readonly keys: number;
}

export function memberAnswer(replies: MemberReplies): MemberAnswer {
  const info = parseInfo(replies.info);
  const config = parsePairs(replies.config);
  const isMaster = info.get('role') === 'master';
  return {
    role: isMaster ? 'master' : 'replica',
    ...accessOf(replies.users),
    loading: info.get('loading') === '1',
    runId: info.get('run_id') ?? '',
    offset: offsetOf(info, isMaster),
    follows: isMaster ? undefined : info.get('master_host'),
    linkUp: isMaster || info.get('master_link_status') === 'up',
    linkDownSeconds: number(info.get('master_link_down_since_seconds'), isMaster ? 0 : -1),
    syncing: info.get('master_sync_in_progress') === '1',
    replicas: replicaLinks(info),
    term: number(replies.term ?? undefined, 0),
    termMaster: replies.termMaster ?? undefined,
    sequence: number(replies.sequence ?? undefined, 0),
    keys: replies.keys,
    priority: number(config.get('replica-priority'), 0),
    minReplicasToWrite: number(config.get('min-replicas-to-write'), 1),
    writeError:
      info.get('aof_last_write_status') === 'err' ? 'the append-only file cannot be written' : undefined,
  };
}

/** Everybody who logs in to a member. */
const wantedUsers = ['app', 'replica', 'sentinel', 'operator', 'metrics'];

/** From lines like `user app on #… ~* +get`. Closed until it is known to be open. */
function accessOf(lines: readonly string[] | undefined): Pick<MemberAnswer, 'gated' | 'missingUsers'> {
  if (lines === undefined) return { gated: true, missingUsers: [] };
  const switches = new Map(
    lines.map((line): [string, string] => {
      const [, name = '', state = ''] = line.split(' ');
      return [name, state];
    }),
  );
  const missingUsers = wantedUsers.filter((user) => !switches.has(user));
  return { gated: switches.get('app') === 'off', missingUsers };
}

function offsetOf(info: Fields, isMaster: boolean): number {
  return number(info.get(isMaster ? 'master_repl_offset' : 'slave_repl_offset'), 0);
}

/** `slave0:ip=10.0.0.1,port=6379,state=online,offset=1737,lag=0` */
function replicaLinks(info: Fields): readonly ReplicaLink[] {
  const lines = [...info].filter(([name]) => /^slave\d+$/.test(name));
  return lines.map(([, value]) => {
    const fields = new Map(value.split(',').map((pair): [string, string] => splitPair(pair)));
    return {
      address: fields.get('ip') ?? '',
      online: fields.get('state') === 'online',
      offset: number(fields.get('offset'), 0),
    };
  });
}

function splitPair(pair: string): [string, string] {
  const [name = '', value = ''] = pair.split('=');
  return [name, value];
}

/** `SENTINEL MASTER`, `SENTINEL REPLICAS` and `SENTINEL SENTINELS` of one Sentinel. */
export function watchedMaster(master: unknown, replicas: unknown, sentinels: unknown): WatchedMaster {
  const fields = parsePairs(master);
  const flags = (fields.get('flags') ?? '').split(',');
  return {
    address: fields.get('ip') ?? '',
    configEpoch: number(fields.get('config-epoch'), 0),
    failingOver: flags.includes('failover_in_progress'),
    waitsForVotes: fields.get('failover-state') === 'wait_start',
    down: flags.includes('s_down') || flags.includes('o_down'),
    quorum: number(fields.get('quorum'), 0),
    downAfterMs: number(fields.get('down-after-milliseconds'), 0),
    replicas: addresses(replicas),
    sentinels: addresses(sentinels),
  };
}

function addresses(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.map((entry) => parsePairs(entry).get('ip') ?? '') : [];
}
