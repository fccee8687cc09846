// A text with holes, gzipped before the holes are filled: the fixed parts are compressed once, what fills the holes is
// put between them uncompressed. The result is one ordinary gzip stream (RFC 1952) of the filled text.
import { constants, crc32, deflateRawSync } from 'node:zlib';

/** No name, no time, made on Unix. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
/** An empty block that is the last one. */
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);
const LONGEST_BLOCK = 0xffff;
const LEVEL = 6;

/** Ends on a byte, so that another block can follow. */
function compressed(part: string): Buffer {
  return deflateRawSync(part, { level: LEVEL, finishFlush: constants.Z_FULL_FLUSH });
}

function storedBlock(value: string): Buffer {
  const bytes = Buffer.from(value);
  if (bytes.length > LONGEST_BLOCK) throw new Error(`gzip: ${bytes.length} bytes do not fit into a hole`);
  const block = Buffer.allocUnsafe(5 + bytes.length);
  block[0] = 0;
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(0xffff - bytes.length, 3);
  bytes.copy(block, 5);
  return block;
}

function trailer(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeUInt32LE(crc32(text), 0);
  bytes.writeUInt32LE(Buffer.byteLength(text) >>> 0, 4);
  return bytes;
}

/** `parts` surround the holes: one more than values. Each value is at most 64 KiB. */
export function gzipTemplate(parts: readonly string[]): (values: readonly string[]) => Buffer {
  const blocks = parts.map(compressed);
  return (values) => {
    const pieces: Buffer[] = [HEADER];
    let text = '';
    parts.forEach((part, at) => {
      pieces.push(blocks[at] ?? LAST_BLOCK);
      text += part;
      const value = values[at];
      if (value === undefined) return;
      pieces.push(storedBlock(value));
      text += value;
    });
    pieces.push(LAST_BLOCK, trailer(text));
    return Buffer.concat(pieces);
  };
}
