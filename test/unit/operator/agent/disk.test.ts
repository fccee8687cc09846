import { expect } from 'chai';
import { MIB, viewDisk } from '../../../../operator/agent/disk.ts';
import type { DiskView } from '../../../../operator/agent/protocol.ts';

const space = (freeMib: number) => ({ freeBytes: freeMib * MIB, totalBytes: 1000 * MIB });
const full: DiskView = { freeMib: 32, totalMib: 1000, full: true };

describe('the volume of a member', () => {
  for (const [freeMib, before, isFull] of [
    [500, null, false],
    [48, null, false],
    [47, null, true],
    [0, null, true],
    [60, full, true],
    [95, full, true],
    [96, full, false],
    [60, { ...full, full: false }, false],
  ] as const) {
    it(`with ${freeMib} MiB free, ${before?.full === true ? 'full' : 'roomy'} before, is ${isFull ? 'full' : 'not full'}`, () => {
      expect(viewDisk(before, space(freeMib)).full).to.equal(isFull);
    });
  }

  it('is told in steps, so that a status does not change with every page', () => {
    expect(viewDisk(null, space(511))).to.deep.equal({ freeMib: 496, totalMib: 1000, full: false });
    expect(viewDisk(null, space(500))).to.deep.equal(viewDisk(null, space(511)));
  });
});
