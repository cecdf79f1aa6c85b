/**
 * Token shards as one indexed data set of Megatron-LM (`MMapIndexedDataset`, also NeMo's and GPT-NeoX's):
 * `<prefix>.bin` holds the ids one after another, `<prefix>.idx` where each document lies. A document is one
 * sequence. It begins with BOS as in our own rows, because Megatron joins documents without looking.
 */
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { TokenShards } from '../token-shards/open-token-shards.js';

/** Codes of numpy types in the header. */
const int32Code = 4;
const uint16Code = 8;

const magic = 'MMIDIDX\0\0';
const version = 1;
/** Magic, version, type, number of sequences, number of document boundaries. */
const headerBytes = 9 + 8 + 1 + 8 + 8;

/** Writes `<prefix>.bin` and `<prefix>.idx`: uint16 where the vocabulary allows it, else int32. */
export async function writeMegatronTokens(
  prefix: string,
  shards: Pick<TokenShards, 'count' | 'length' | 'read' | 'manifest'>,
  bosToken: number | null,
): Promise<void> {
  const { count } = shards;
  const { idBytes } = shards.manifest;
  const lead = bosToken === null ? 0 : 1;
  await writeFile(`${prefix}.bin`, function* () {
    for (let document = 0; document < count; document++) {
      const ids = new Int32Array(shards.length(document) + lead);
      if (bosToken !== null) ids[0] = bosToken;
      shards.read(document, 0, ids.length - lead, ids, lead);
      const view = new DataView(new ArrayBuffer(ids.length * idBytes));
      for (const [at, id] of ids.entries())
        if (idBytes === 2) view.setUint16(at * 2, id, true);
        else view.setInt32(at * 4, id, true);
      yield new Uint8Array(view.buffer);
    }
  });
  await writeFile(`${prefix}.idx`, function* () {
    const header = new DataView(new ArrayBuffer(headerBytes));
    for (let at = 0; at < magic.length; at++) header.setUint8(at, magic.charCodeAt(at));
    header.setBigUint64(9, BigInt(version), true);
    header.setUint8(17, idBytes === 2 ? uint16Code : int32Code);
    header.setBigUint64(18, BigInt(count), true);
    header.setBigUint64(26, BigInt(count + 1), true);
    yield new Uint8Array(header.buffer);
    const length = (document: number): number => shards.length(document) + lead;
    // Tokens of each sequence, the byte where it begins, and the sequence with which each document begins.
    yield* numbers(count, 4, (view, at, document) => view.setInt32(at, length(document), true));
    let byte = 0;
    yield* numbers(count, 8, (view, at, document) => {
      view.setBigInt64(at, BigInt(byte), true);
      byte += length(document) * idBytes;
    });
    yield* numbers(count + 1, 8, (view, at, document) => view.setBigInt64(at, BigInt(document), true));
  });
}

function* numbers(
  count: number,
  bytes: 4 | 8,
  set: (view: DataView, at: number, index: number) => void,
): Generator<Uint8Array> {
  const atOnce = 1 << 16;
  for (let first = 0; first < count; first += atOnce) {
    const view = new DataView(new ArrayBuffer(Math.min(atOnce, count - first) * bytes));
    for (let at = 0; at < view.byteLength; at += bytes) set(view, at, first + at / bytes);
    yield new Uint8Array(view.buffer);
  }
}

/** Gets its name when it is whole. */
async function writeFile(path: string, parts: () => Iterable<Uint8Array>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await pipeline(Readable.from(parts()), createWriteStream(temporary, { flush: true }));
  await rename(temporary, path);
}
