/**
 * Token files of llm.c (`.bin`): 256 int32 of header (magic, version, number of tokens), then the ids, uint16
 * for magic 20240520 version 1 (GPT-2) and uint32 for 20240801 version 7 (Llama 3). A delimiter id begins
 * each document. Written for other programs; for training here, pass what is read on to `writeTokenShards`.
 */
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { LlmError } from '@llm/core';

const headerBytes = 1024;
const formats = [
  { magic: 20240520, version: 1, idBytes: 2 },
  { magic: 20240801, version: 7, idBytes: 4 },
] as const;

/** The documents of a file, without the delimiter, one at a time. Throws `model/llmc-tokens-invalid`. */
export async function* readLlmcTokens(path: string, delimiter: number): AsyncGenerator<Int32Array> {
  const file = await open(path);
  try {
    const header = new DataView(new ArrayBuffer(headerBytes));
    const { bytesRead } = await file.read(header, 0, headerBytes, 0);
    const [magic, version, tokens] = [
      header.getInt32(0, true),
      header.getInt32(4, true),
      header.getInt32(8, true),
    ];
    const format = formats.find((each) => each.magic === magic && each.version === version);
    if (bytesRead < headerBytes || format === undefined)
      throw invalid(path, `it begins with ${magic}, ${version} and not with one of llm.c's magic numbers`);
    const { idBytes } = format;
    const { size } = await file.stat();
    if (size !== headerBytes + tokens * idBytes)
      throw invalid(path, `${tokens} tokens need ${headerBytes + tokens * idBytes} bytes but it has ${size}`);
    let document: number[] = [];
    const chunk = new DataView(new ArrayBuffer(1 << 20));
    for (let position = headerBytes; position < size; ) {
      const { bytesRead: read } = await file.read(
        chunk,
        0,
        Math.min(chunk.byteLength, size - position),
        position,
      );
      if (read < idBytes) throw invalid(path, `it ends at byte ${position}`);
      const whole = read - (read % idBytes);
      for (let at = 0; at < whole; at += idBytes) {
        const id = idBytes === 2 ? chunk.getUint16(at, true) : chunk.getUint32(at, true);
        if (id > 2 ** 31 - 1) throw invalid(path, `byte ${position + at} holds the id ${id}`);
        if (id !== delimiter) document.push(id);
        else if (document.length > 0) {
          yield Int32Array.from(document);
          document = [];
        }
      }
      position += whole;
    }
    if (document.length > 0) yield Int32Array.from(document);
  } finally {
    await file.close();
  }
}

/** `idBytes` 2 writes GPT-2's format, 4 Llama 3's. Returns the number of tokens, delimiters included. */
export async function writeLlmcTokens(
  path: string,
  documents: Iterable<Int32Array> | AsyncIterable<Int32Array>,
  { delimiter, idBytes = 2 }: { readonly delimiter: number; readonly idBytes?: 2 | 4 | undefined },
): Promise<number> {
  const { magic, version } = formats.find((format) => format.idBytes === idBytes)!;
  const temporary = `${path}.${process.pid}.tmp`;
  let file: FileHandle | undefined;
  try {
    file = await open(temporary, 'w');
    let tokens = 0;
    for await (const ids of documents) {
      const out = new DataView(new ArrayBuffer((1 + ids.length) * idBytes));
      for (const [i, id] of [delimiter, ...ids].entries()) {
        if (id < 0 || id >= 256 ** idBytes) throw invalid(path, `the id ${id} does not fit ${idBytes} bytes`);
        if (idBytes === 2) out.setUint16(2 * i, id, true);
        else out.setUint32(4 * i, id, true);
      }
      await writeAll(file, out, headerBytes + tokens * idBytes);
      tokens += 1 + ids.length;
    }
    if (tokens > 2 ** 31 - 1) throw invalid(path, `${tokens} tokens do not fit the header's int32`);
    const header = new DataView(new ArrayBuffer(headerBytes));
    for (const [i, value] of [magic, version, tokens].entries()) header.setInt32(4 * i, value, true);
    await writeAll(file, header, 0);
    await file.sync();
    await file.close();
    await rename(temporary, path);
    return tokens;
  } catch (error) {
    await file?.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, { buffer }: DataView, position: number): Promise<void> {
  const bytes = new Uint8Array(buffer);
  for (let done = 0; done < bytes.length; )
    done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
}

function invalid(path: string, what: string): LlmError {
  return new LlmError({
    code: 'model/llmc-tokens-invalid',
    message: `${path} is not a token file of llm.c: ${what}. Write it again.`,
    details: { path },
  });
}
