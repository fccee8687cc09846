// Addresses as numbers and ranges, and which pod is behind one.
import { expect } from 'chai';
import fc from 'fast-check';
import { resolveAddresses } from '../../../k8s/kind/node-agent/cluster/addresses.ts';
import type { PodRecord } from '../../../k8s/kind/node-agent/cluster/objects.ts';
import { parseLease, type Lease } from '../../../k8s/kind/node-agent/network/leases.ts';
import { formatIpv4, parseCidr, parseIpv4 } from '../../../k8s/kind/node-agent/policy/ipv4.ts';
import { contains, rangeSet, subtract, type Range } from '../../../k8s/kind/node-agent/policy/ranges.ts';

const small = fc
  .array(fc.tuple(fc.nat(40), fc.nat(8)), { maxLength: 6 })
  .map((pairs) => pairs.map(([first, length]): Range => ({ first, last: first + length })));

describe('IPv4 addresses', () => {
  it('survive being a number', () => {
    fc.assert(fc.property(fc.ipV4(), (text) => formatIpv4(parseIpv4(text)!) === text));
  });

  it('are refused in any other form', () => {
    for (const text of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.x', '::1', ' 1.2.3.4']) {
      expect(parseIpv4(text), text).to.equal(undefined);
    }
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/9', '::/0', '10.0.0.0/']) {
      expect(parseCidr(text), text).to.equal(undefined);
    }
  });

  it('make blocks whose host bits do not matter', () => {
    expect(parseCidr('10.1.2.3/8')).to.include({ text: '10.0.0.0/8', first: parseIpv4('10.0.0.0') });
    expect(parseCidr('0.0.0.0/0')).to.include({ first: 0, last: 0xffffffff });
    expect(parseCidr('192.0.2.7/32')).to.include({
      first: parseIpv4('192.0.2.7'),
      last: parseIpv4('192.0.2.7'),
    });
  });
});

describe('range sets', () => {
  it('hold what their ranges hold, sorted, with gaps between them', () => {
    fc.assert(
      fc.property(small, fc.nat(60), (ranges, value) => {
        const set = rangeSet(ranges);
        expect(contains(set, value)).to.equal(
          ranges.some(({ first, last }) => value >= first && value <= last),
        );
        for (const [index, range] of set.entries()) {
          if (index > 0) expect(range.first).to.be.above(set[index - 1]!.last + 1);
        }
      }),
    );
  });

  it('hold after a subtraction what was in the first and not in the second', () => {
    fc.assert(
      fc.property(small, small, fc.nat(60), (from, without, value) => {
        const rest = subtract(rangeSet(from), rangeSet(without));
        const expected = contains(rangeSet(from), value) && !contains(rangeSet(without), value);
        expect(contains(rest, value)).to.equal(expected);
      }),
    );
  });
});

describe('which pod is behind an address', () => {
  const pod = (name: string, ip?: string, more: Partial<PodRecord> = {}): PodRecord => ({
    ...{ uid: `uid-${name}`, namespace: 'shop', name, labels: {}, ip, hostNetwork: false, finished: false },
    namedPorts: [],
    ...more,
  });
  const lease = (id: string, name: string, ip: string, writtenAtMs = 0): Lease => ({
    ...{ id, namespace: 'shop', name, uid: `uid-${name}`, ip, writtenAtMs },
  });
  const behind = (pods: PodRecord[], leases: Lease[], ip: string): string | undefined =>
    resolveAddresses(pods, leases).pods.find(({ address }) => address === parseIpv4(ip))?.name;

  it('is the one the API shows, unless it has finished or lives in the host’s network', () => {
    expect(behind([pod('a', '10.244.1.2')], [], '10.244.1.2')).to.equal('a');
    expect(behind([pod('a', '10.244.1.2', { finished: true })], [], '10.244.1.2')).to.equal(undefined);
    expect(behind([pod('a', '172.18.0.2', { hostNetwork: true })], [], '172.18.0.2')).to.equal(undefined);
  });

  it('is the one a lease names, before the API shows it and when the API still shows another', () => {
    const pods = [pod('old', '10.244.1.2'), pod('new')];
    expect(behind(pods, [lease('s1', 'new', '10.244.1.2')], '10.244.1.2')).to.equal('new');
    expect(resolveAddresses(pods, [lease('s1', 'new', '10.244.1.2')]).knownLeases).to.deep.equal(
      new Set(['s1']),
    );
  });

  it('is nobody while the lease’s pod is unknown, whatever the API says of the address', () => {
    expect(behind([pod('old', '10.244.1.2')], [lease('s1', 'new', '10.244.1.2')], '10.244.1.2')).to.equal(
      undefined,
    );
  });

  it('is, of two leases for one address, the later one’s', () => {
    const leases = [lease('s1', 'a', '10.244.1.2', 1), lease('s2', 'b', '10.244.1.2', 2)];
    expect(behind([pod('a'), pod('b')], leases, '10.244.1.2')).to.equal('b');
  });

  it('is read from what the IPAM wrapper wrote, and from nothing less', () => {
    const args = 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=a;K8S_POD_UID=u';
    const result =
      '{"ips":[{"version":"6","address":"fd00::2/64"},{"version":"4","address":"10.244.1.2/24"}]}';
    expect(parseLease('s1', `${args}\n${result}\n`, 7)).to.deep.equal({
      ...{ id: 's1', namespace: 'shop', name: 'a', uid: 'u', ip: '10.244.1.2', writtenAtMs: 7 },
    });
    expect(parseLease('s1', `K8S_POD_NAME=a\n${result}`, 7)).to.equal(undefined);
    expect(parseLease('s1', `${args}\n{"ips":[]}`, 7)).to.equal(undefined);
    expect(() => parseLease('s1', args, 7)).to.throw();
  });
});
