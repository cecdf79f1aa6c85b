/**
 * Fetches one file into the cache. What arrived before a broken connection, or a killed process, is kept
 * beside the blob as `<etag>.partial` and the rest is asked for with a range. Every byte is written at its
 * own place, so that two processes that fetch the same file do no harm. A file gets its name when its size
 * and its hash are those the hub announced: the etag of a large file is its SHA-256, that of a small one its
 * git object id; of any other etag only the size is checked.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LlmError } from '@llm/core';
import { syncDirectory } from '@llm/core/node';
import { isFile } from './hub-cache.js';
import { type HubClient, PassingFailure } from './hub-client.js';

export interface HubFile {
  readonly name: string;
  readonly url: string;
  readonly etag: string;
  readonly size: number;
}

/** What the hub says about a file, without its content. Throws `model/hub-…`. */
export function describeFile(client: HubClient, name: string, url: string, commit: string): Promise<HubFile> {
  return client.request(
    () => url,
    () => ({ method: 'HEAD', stopAtOtherHost: true }),
    async ({ status, headers }) => {
      const redirected = status >= 300;
      const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '')
        .replace(/^W\//, '')
        .replaceAll('"', '');
      const size = Number(
        headers.get('x-linked-size') ?? (redirected ? null : headers.get('content-length')) ?? Number.NaN,
      );
      const from = headers.get('x-repo-commit') ?? commit;
      if (from !== commit) throw corrupt({ name, url }, `it is of commit ${from}, asked for was ${commit}`);
      if (!/^[\w.-]{1,200}$/.test(etag) || /^\.+$/.test(etag) || !Number.isSafeInteger(size) || size < 0)
        throw new LlmError({
          code: 'model/hub-protocol',
          message: `${url} has the etag ${JSON.stringify(etag.slice(0, 200))} and the size ${size}: that is not how a hub answers. Check the endpoint ${client.endpoint}.`,
          details: { url, etag },
        });
      return { name, url, etag, size };
    },
  );
}

/** `onBytes` hears how many of the file's bytes are on disk. Throws `model/hub-corrupt` or `model/hub-…`. */
export async function fetchBlob(
  client: HubClient,
  file: HubFile,
  blob: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (await isFile(blob)) {
    if (await isWhole(blob, file)) return onBytes(file.size);
    await rm(blob, { force: true });
  }
  const partial = `${blob}.partial`;
  await mkdir(dirname(blob), { recursive: true });
  // A partial file may be the remains of a crash; a second try starts from nothing.
  for (const last of [false, true]) {
    await complete(client, file, partial, onBytes);
    const found = await contentHash(partial, file);
    if (found === undefined || found === file.etag) break;
    await rm(partial, { force: true });
    if (last) throw corrupt(file, `its content has the hash ${found}, the hub announced ${file.etag}`);
  }
  await rename(partial, blob).catch(async (error: unknown) => {
    // Another process was faster.
    if (!(await isFile(blob))) throw error;
  });
  await syncDirectory(dirname(blob));
}

async function complete(
  client: HubClient,
  file: HubFile,
  partial: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let have = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  );
  if (have > file.size) {
    await rm(partial);
    have = 0;
  }
  // No O_APPEND: every byte goes to its place. 'r+' does not create, and 'w' would empty it.
  const handle = await open(partial, have > 0 ? 'r+' : 'w');
  try {
    onBytes(have);
    let furthest = have;
    while (have < file.size)
      have = await client.request(
        () => file.url,
        () => ({ method: 'GET', headers: have > 0 ? { range: `bytes=${have}-` } : {} }),
        async (response, progress) => {
          const start = startOf(response, have, file);
          for await (const at of writeBody(response, handle, start, file)) {
            const bytes = at - (have > at ? start : have);
            have = at;
            // A server that sends the whole again and breaks at the same place gets nowhere.
            progress(bytes, at > furthest);
            furthest = Math.max(furthest, at);
            onBytes(at);
          }
          if (have < file.size)
            throw new PassingFailure(`the connection ended at byte ${have} of ${file.size}`);
          return have;
        },
        [416],
      );
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where the body of a response begins in the file. */
function startOf(response: Response, asked: number, file: HubFile): number {
  const length = response.headers.get('content-length');
  // A server without ranges sends the whole again.
  if (response.status === 200 && (length === null || Number(length) === file.size)) return 0;
  if (response.status === 200)
    throw corrupt(file, `the server has ${length} bytes, the hub announced ${file.size}`);
  const range = response.headers.get('content-range') ?? '';
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range) ?? [];
  if (response.status !== 206 || Number(start) !== asked)
    throw corrupt(
      file,
      `the server answered bytes ${asked}- with status ${response.status} and range "${range}"`,
    );
  if (total !== '*' && Number(total) !== file.size)
    throw corrupt(file, `the server has ${total} bytes, the hub announced ${file.size}`);
  return asked;
}

/** Yields the position after each piece that is on disk. */
async function* writeBody(
  response: Response,
  handle: FileHandle,
  start: number,
  file: HubFile,
): AsyncGenerator<number> {
  let at = start;
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    if (at + piece.length > file.size)
      throw corrupt(file, `the server sends more than the ${file.size} bytes the hub announced`);
    for (let done = 0; done < piece.length; )
      done += (await handle.write(piece, done, piece.length - done, at + done)).bytesWritten;
    at += piece.length;
    yield at;
  }
}

/** Files up to this size are hashed whenever they are used again, larger ones when they were fetched. */
const hashedBytes = 2 ** 26;

/** Whether what lies at `path` is still the file that the hub has. */
export async function isWhole(path: string, file: HubFile): Promise<boolean> {
  const size = await stat(path).then(
    (entry) => entry.size,
    () => -1,
  );
  if (size !== file.size) return false;
  const found = size > hashedBytes ? undefined : await contentHash(path, file);
  return found === undefined || found === file.etag;
}

/** In the kind of the etag, undefined when that is unknown. */
async function contentHash(path: string, { etag, size }: HubFile): Promise<string | undefined> {
  const kind = /^[0-9a-f]{64}$/.test(etag) ? 'sha256' : /^[0-9a-f]{40}$/.test(etag) ? 'sha1' : undefined;
  if (kind === undefined) return undefined;
  const hash = createHash(kind);
  if (kind === 'sha1') hash.update(`blob ${size}\0`);
  for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

function corrupt({ name, url }: Pick<HubFile, 'name' | 'url'>, what: string): LlmError {
  return new LlmError({
    code: 'model/hub-corrupt',
    message: `${name} from ${url} is not what the hub announced: ${what}. Try again later, or another endpoint.`,
    details: { file: name, url },
  });
}
