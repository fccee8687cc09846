// What the scripts of the kind cluster leave alone: data that a restart would bring back, other people's containers and
// networks on the same engine, a Docker that was installed from elsewhere. The engine is a stand-in.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createStandIns } from './stand-ins.ts';
import type { StandIns } from './stand-ins.ts';

describe('The scripts of the kind cluster', () => {
  let system: StandIns;
  let engine: ChildProcess | undefined;

  beforeEach(() => {
    system = createStandIns();
    system.put('id', 'echo 0');
    for (const program of ['ip', 'kind', 'kubectl', 'helm', 'systemctl', 'ss', 'lsof']) system.put(program);
  });
  afterEach(() => {
    engine?.kill();
    engine = undefined;
    system.remove();
  });

  it('keep a cluster whose nodes cannot be started, and say so', () => {
    const nodes = ['control-plane', 'worker', 'worker2', 'worker3'].map((name) => `myclothes-${name}`);
    system.put(
      'docker',
      `case "$*" in
         "ps "*" -a") printf '%s\\n' ${nodes.join(' ')} ;;
         start*) echo 'port is already allocated' >&2; exit 1 ;;
       esac`,
    );

    const { code, said, calls } = system.run('up.sh', { IMAGES: 'pull' });

    expect(code).to.equal(1);
    expect(said).to.match(/cannot be started|Port \d+ on localhost is held/);
    expect(calls.filter((call) => /^docker (rm|volume rm)|^kind delete/.test(call))).to.be.empty;
  });

  it('keep a cluster that answers when only its kubeconfig cannot be written here, and say why', () => {
    const nodes = ['control-plane', 'worker', 'worker2', 'worker3'].map((name) => `myclothes-${name}`);
    system.put('docker', `case "$*" in "ps "*) printf '%s\\n' ${nodes.join(' ')} ;; esac`);
    system.put('kind', `case "$1" in export) echo 'permission denied' >&2; exit 1 ;; esac`);

    const { code, said, calls } = system.run('up.sh', { IMAGES: 'pull' });

    expect(code).to.equal(1);
    expect(said).to.include('is kept').and.include('permission denied');
    expect(calls.filter((call) => /^docker (rm|volume rm)|^kind delete/.test(call))).to.be.empty;
  });

  it('take no node for one that has all images because it does not answer', () => {
    system.put('docker', `case "$1" in ps) echo myclothes-worker ;; exec) exit 1 ;; esac`);

    const { code, said } = system.run('load.sh', {}, ['myclothes/app:abc']);

    expect(code).to.equal(1);
    expect(said).to.include('myclothes-worker does not say');
  });

  /** A process that is called like the engine. */
  function engineProcess(): ChildProcess {
    const program = join(system.runFolder, 'dockerd');
    cpSync('/bin/sleep', program);
    return (engine = spawn(program, ['60'], { stdio: 'ignore' }));
  }

  for (const [by, mark] of [
    ['systemd', (folder: string) => writeFileSync(join(folder, 'by-systemd'), '')],
    [
      'its own hand',
      (folder: string) => writeFileSync(join(folder, 'docker.pid'), String(engineProcess().pid)),
    ],
  ] as const) {
    it(`leave an engine running that was started by ${by} when others’ containers run in it`, () => {
      mark(system.runFolder);
      system.put('docker', `case "$*" in "ps -q") echo 0123456789ab ;; esac`);

      const { code, said, calls } = system.run('down.sh');

      expect(code).to.equal(0);
      expect(said).to.include('other containers run in it');
      expect(calls.filter((call) => call.startsWith('systemctl'))).to.be.empty;
    });
  }

  it('end no process that has the number of an engine of before a restart', () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    engine = child;
    writeFileSync(join(system.runFolder, 'docker.pid'), String(child.pid));
    system.put('docker');

    expect(system.run('down.sh').code).to.equal(0);

    expect(child.kill(0)).to.equal(true);
  });

  it('say that a cluster may be left where no engine answers', () => {
    system.put('docker', 'exit 1');
    expect(system.run('down.sh').said).to.include('no Docker engine answers');
  });

  it('stop an engine that systemd started for them, once nobody uses it', function () {
    writeFileSync(join(system.runFolder, 'by-systemd'), '');
    system.put('docker');

    const { calls } = system.run('down.sh');

    expect(calls).to.include('systemctl stop docker.socket docker');
    expect(existsSync(join(system.runFolder, 'by-systemd'))).to.equal(false);
  });

  it('leave the network to another kind cluster, also when its nodes are stopped', () => {
    system.put('docker', `case "$*" in "ps -aq --filter network=kind") echo 0123456789ab ;; esac`);
    expect(system.run('down.sh').calls).to.not.include('docker network rm kind');

    system.put('docker');
    expect(system.run('down.sh').calls).to.include('docker network rm kind');
  });

  /** Debian without an engine that answers; the first question after the installation finds one. */
  function installing(programs: readonly string[]): string[] {
    const asked = join(system.runFolder, 'asked');
    for (const program of programs) system.put(program);
    system.put('apt-get');
    system.put('apt-cache');
    system.put('docker', `[ "$1" != info ] || [ -e ${asked} ] || { touch ${asked}; exit 1; }`);
    const { code, said, calls } = system.run('docker-engine.sh');
    expect(code, said).to.equal(0);
    return calls.filter((call) => call.includes(' install ')).flatMap((call) => call.split(' ').slice(2));
  }

  it('install no Docker over one that is merely stopped', function () {
    if (!existsSync('/etc/debian_version')) this.skip();
    expect(installing(['dockerd', 'iptables'])).to.not.include.members(['docker.io']);
  });

  it('install Docker where there is none', function () {
    if (!existsSync('/etc/debian_version')) this.skip();
    expect(installing([])).to.include.members(['docker.io', 'docker-cli', 'iptables', 'iproute2']);
  });
});
