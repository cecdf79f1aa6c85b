/** The lines of a file, plain or gzip: told by its first bytes, not by its name. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LlmError } from '@llm/core';
import { describeSystemError, errorWithCode } from '../system-error.js';

/** Of a line: a few kilobytes of gzip can grow to one that takes all memory. */
const longest = 2 ** 26;

/** Throws `pipeline/conversations-unreadable` with the line up to which it could be read. */
export async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  try {
    for await (const chunk of bytesOf(path)) {
      const parts = decoder.decode(chunk, { stream: true }).split('\n');
      parts[0] = rest + parts[0];
      rest = parts.pop() ?? '';
      line += parts.length;
      yield* parts;
      if (rest.length > longest)
        throw new Error(`the next line has more than ${longest} characters, which is no conversation.`);
    }
    yield rest + decoder.decode();
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
    const reason = describeSystemError(cause) ?? errorWithCode(cause)?.message ?? String(cause);
    throw new LlmError({
      code: 'pipeline/conversations-unreadable',
      message: `Cannot read ${path} after line ${line}: ${reason}`,
      details: { path, line },
      cause,
    });
  }
}

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const isGzip = startOf(path).equals(Buffer.of(0x1f, 0x8b));
  const file = createReadStream(path);
  // `pipeline` hands an error of the file on to the stream that is read.
  return isGzip ? pipeline(file, createGunzip(), () => undefined) : file;
}

function startOf(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(2);
    return start.subarray(0, readSync(file, start, 0, 2, 0));
  } finally {
    closeSync(file);
  }
}
