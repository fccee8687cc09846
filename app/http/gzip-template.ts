// A text with holes, gzipped before the holes are filled: the fixed parts are compressed once, what fills the holes is
// put between them uncompressed. The result is one ordinary gzip stream (RFC 1952) of the filled text, in pieces of which
// the fixed ones are shared by all results.
import { constants, crc32, deflateRawSync } from 'node:zlib';

/** No name, no time, made on Unix. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
/** An empty block that is the last one. */
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);
const TRAILER_BYTES = 8;
const LONGEST_BLOCK = 0xffff;
const LEVEL = 6;

/** Ends on a byte, so that another block can follow. */
function compressed(part: Buffer): Buffer {
  return deflateRawSync(part, { level: LEVEL, finishFlush: constants.Z_FULL_FLUSH });
}

function storedBlock(bytes: Buffer): Buffer {
  if (bytes.length > LONGEST_BLOCK) throw new Error(`gzip: ${bytes.length} bytes do not fit into a hole`);
  const block = Buffer.allocUnsafe(5 + bytes.length);
  block[0] = 0;
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(0xffff - bytes.length, 3);
  bytes.copy(block, 5);
  return block;
}

function trailer(checksum: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(LAST_BLOCK.length + TRAILER_BYTES);
  LAST_BLOCK.copy(bytes);
  bytes.writeUInt32LE(checksum, LAST_BLOCK.length);
  bytes.writeUInt32LE(length >>> 0, LAST_BLOCK.length + 4);
  return bytes;
}

/** `parts`, as UTF-8, surround the holes: one more than values. Each value is at most 64 KiB. */
export function gzipTemplate(parts: readonly Buffer[]): (values: readonly string[]) => readonly Buffer[] {
  const [first = LAST_BLOCK, ...others] = parts.map(compressed);
  const blocks = [Buffer.concat([HEADER, first]), ...others];
  return (values) => {
    const pieces: Buffer[] = [];
    let [checksum, length] = [0, 0];
    const count = (bytes: Buffer): void => {
      checksum = crc32(bytes, checksum);
      length += bytes.length;
    };
    parts.forEach((part, at) => {
      pieces.push(blocks[at] ?? LAST_BLOCK);
      count(part);
      const value = values[at];
      if (value === undefined) return;
      const bytes = Buffer.from(value);
      pieces.push(storedBlock(bytes));
      count(bytes);
    });
    pieces.push(trailer(checksum, length));
    return pieces;
  };
}
