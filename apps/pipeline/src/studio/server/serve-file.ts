/**
 * A file of a run, whole or a range of it (RFC 9110, one range). It is never run as a page: whatever its name
 * says, a browser gets text or bytes, in a sandbox.
 */
import { createReadStream, realpathSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { checkArtifactKey, LlmError } from '@llm/core';

const texts: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.jsonl': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.html': 'text/plain; charset=utf-8',
};

/** Throws `core/artifact-key-invalid` and `pipeline/file-missing`. */
export function serveFile(directory: string, key: string, range: string | undefined): Response {
  const path = join(directory, checkArtifactKey(key));
  const { size } = fileInside(directory, path, key);
  const headers: Record<string, string> = {
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-type': texts[extname(path)] ?? 'application/octet-stream',
    'x-content-type-options': 'nosniff',
  };
  const wanted = range === undefined ? undefined : rangeOf(range, size);
  if (wanted === 'unsatisfiable')
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } });
  const [start, end] = wanted ?? [0, size - 1];
  headers['content-length'] = String(end - start + 1);
  if (wanted !== undefined) headers['content-range'] = `bytes ${start}-${end}/${size}`;
  const body = size === 0 ? null : (Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream);
  return new Response(body, { status: wanted === undefined ? 200 : 206, headers });
}

/** Links may lead out of the directory; what they lead to is not the run's. */
function fileInside(directory: string, path: string, key: string): { readonly size: number } {
  try {
    const real = realpathSync(path);
    const entry = statSync(real);
    if (entry.isFile() && real.startsWith(realpathSync(directory) + sep)) return entry;
  } catch {
    // not there
  }
  throw new LlmError({ code: 'pipeline/file-missing', message: `The run has no file ${key.slice(0, 200)}.` });
}

/** First and last byte; undefined for what is no range of one part, which is then answered whole. */
function rangeOf(header: string, size: number): readonly [number, number] | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && first !== '' && Number(last) < start) return undefined;
  return start >= size || (first === '' && Number(last) === 0) ? 'unsatisfiable' : [start, end];
}
