// What the pods of policy tests are asked to do: small Node programs that print one line of JSON.
import { POLICY_NAMESPACE } from './policy-pods.ts';

export interface Try {
  readonly host: string;
  readonly port: number;
  readonly protocol?: 'TCP' | 'UDP';
}

/** Long enough for a second SYN after the first was dropped, so that "no" is not bad luck. */
const TRY_MS = 1500;

/** Tries all at once; prints which were answered. */
export function tryAll(tries: readonly Try[]): string {
  return `
const net = require('net'), dgram = require('dgram');
const tcp = ({ host, port }) => new Promise((done) => {
  const s = net.connect(port, host, () => s.write('hello'));
  s.once('data', () => { s.destroy(); done(true); });
  s.once('error', () => done(false));
  setTimeout(() => { s.destroy(); done(false); }, ${TRY_MS});
});
const udp = ({ host, port }) => new Promise((done) => {
  const s = dgram.createSocket('udp4');
  const end = (answer) => { try { s.close(); } catch {} done(answer); };
  s.once('message', () => end(true)).once('error', () => end(false)).send('hello', port, host);
  setTimeout(() => end(false), ${TRY_MS});
});
Promise.all(${JSON.stringify(tries)}.map((t) => (t.protocol === 'UDP' ? udp(t) : tcp(t))))
  .then((answers) => { console.log(JSON.stringify(answers)); process.exit(); });`;
}

const SILENCE_MS = 3000;

/** Longer than any test needs it. */
const USED_MS = 60_000;

/**
 * Keeps one connection and uses it every 50 ms until it has been silent for 3 s, or is told to end; prints the times at
 * which an answer came (Date.now()).
 */
export function useOneConnection({ host, port }: Try, localPort: number): string {
  return `
const answers = [], startedAt = Date.now();
const end = () => { console.log(JSON.stringify(answers)); process.exit(); };
process.on('SIGTERM', end);
const s = require('net').connect({ port: ${port}, host: '${host}', localPort: ${localPort} });
s.on('data', () => answers.push(Date.now())).on('error', () => {});
setInterval(() => {
  const silentMs = Date.now() - (answers.at(-1) ?? startedAt);
  if (silentMs < ${SILENCE_MS} && Date.now() - startedAt < ${USED_MS}) s.write('x'); else end();
}, 50);`;
}

/** Tells the pod's `useOneConnection` to end; prints how many there were. */
export function endConnection(): string {
  return `
const fs = require('fs');
const uses = (pid) => { try { return fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('silent' + 'Ms'); } catch { return false; } };
const users = fs.readdirSync('/proc').filter((pid) => /^\\d+$/.test(pid) && uses(pid));
for (const pid of users) process.kill(Number(pid), 'SIGTERM');
console.log(users.length);`;
}

/**
 * Prints whether the connection that was opened at the client's port `from` is established. A pod may hold others: one
 * that was cut ends only when the news of its end get through.
 */
export function hasConnection(from: number): string {
  const remote = `:${from.toString(16).toUpperCase().padStart(4, '0')}`;
  return `
const lines = ['tcp', 'tcp6'].flatMap((name) => require('fs').readFileSync('/proc/net/' + name, 'utf8').split('\\n'));
console.log(lines.map((line) => line.trim().split(/\\s+/)).some((field) => field[2]?.endsWith('${remote}') && field[3] === '01'));`;
}

/** From its first moment on, opens a new connection every 20 ms for \`ms\`; serves how many were answered on 8000. */
export function tryFromTheStart({ host, port }: Try, ms: number): string {
  return `
const net = require('net'); let tried = 0, answered = 0;
const timer = setInterval(() => {
  tried++;
  const s = net.connect(${port}, '${host}', () => { answered++; s.destroy(); });
  s.on('error', () => {}); setTimeout(() => s.destroy(), 500);
}, 20);
setTimeout(() => { clearInterval(timer); console.log(JSON.stringify({ tried, answered })); }, ${ms});`;
}

/** Looks a name up; prints its address or null. */
export function lookup(service: string): string {
  const name = `${service}.${POLICY_NAMESPACE}.svc.cluster.local`;
  return `
const end = (address) => { console.log(JSON.stringify(address)); process.exit(); };
require('dns').resolve4('${name}.', (error, found) => end(error ? null : found[0]));
setTimeout(() => end(null), 4000);`;
}
