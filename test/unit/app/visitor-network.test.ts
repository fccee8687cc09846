// Whose tries are counted together: one IPv4 address, one IPv6 network.
import { expect } from 'chai';
import { networkOf } from '../../../app/http/visitor-network.ts';

describe('the network of a visitor', () => {
  for (const [address, network] of [
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff::1', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['', ''],
    ['unknown', 'unknown'],
  ] as const) {
    it(`of "${address}" is "${network}"`, () => {
      expect(networkOf(address)).to.equal(network);
    });
  }
});
