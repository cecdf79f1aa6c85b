import { spawn } from 'node:child_process';
import { mkdir, readdir, readlink, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HubServer } from '../../fixtures/hub-server.js';
import {
  differing,
  modelFiles,
  type ServedModel,
  servedRepository,
  serveModel,
} from '../../fixtures/served-model.js';
import { downloadModel } from './download-model.js';

// Slow: connections break, stall and are tried again

const source = `hf:${servedRepository}`;
let files: Map<string, Uint8Array>;
let served: ServedModel;
let hub: HubServer;
let cacheDirectory: string;
beforeAll(async () => {
  files = await modelFiles();
});
beforeEach(async () => {
  served = await serveModel(files);
  ({ hub, cacheDirectory } = served);
});
afterEach(async () => {
  await hub.close();
  await rm(cacheDirectory, { recursive: true, force: true });
});

const options = (): ServedModel['options'] => served.options;
const gets: ServedModel['gets'] = (host) => served.gets(host);
const shards = (): string[] => [...files.keys()].filter((name) => name.endsWith('.safetensors'));
const expectWhole = async (directory: string, names: Iterable<string>): Promise<void> =>
  expect(await differing(directory, names, files)).toEqual([]);

/** Bytes so far of each file that is being downloaded. */
async function bytesOfPartials(): Promise<number[]> {
  const blobs = join(cacheDirectory, 'models--some-owner--tiny.model/blobs');
  const found = (await readdir(blobs).catch(() => [])).filter((each) => each.endsWith('.partial'));
  // A small file is renamed in between.
  return Promise.all(
    found.map((name) =>
      stat(join(blobs, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
}

/** Sends the beginning of a body and breaks the connection. */
function cut(
  response: ServerResponse,
  bytes: Uint8Array,
  from: number,
  to: number,
  total = bytes.length,
): true {
  response.writeHead(from > 0 ? 206 : 200, {
    'content-length': String(total - from),
    ...(from > 0 ? { 'Content-Range': `bytes ${from}-${total - 1}/${total}` } : {}),
  });
  response.write(bytes.subarray(from, to), () => globalThis.setTimeout(() => response.destroy(), 30));
  return true;
}

describe('a file from the hub', () => {
  test('a connection that breaks in the middle goes on where it broke', async () => {
    const bytes = files.get(shards()[0]!)!;
    const middle = [1000, 70_000];
    hub.faults.push(({ host, range }, response) => {
      const from = Number(/\d+/.exec(range ?? '')?.[0] ?? 0);
      const to = middle.find((at) => at > from);
      const mine = host === 'storage' && from < 70_000 && hub.requests.length < 30;
      if (!mine || to === undefined || gets('storage').length > 3) return false;
      return cut(response, bytes, from, to);
    });
    const { directory } = await downloadModel(source, options());
    await expectWhole(directory, shards());
    // Pieces still on their way when a connection breaks are lost with it.
    const starts = gets('storage')
      .slice(0, 3)
      .map(({ range }) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0));
    expect(starts[0]).toBe(0);
    expect(starts[2]).toBeGreaterThan(0);
    expect(starts[2]).toBeLessThanOrEqual(70_000);
  });

  test('a killed process leaves a partial file, and the next one goes on with it', async () => {
    const [name] = shards() as [string];
    const bytes = files.get(name)!;
    // The server stops sending in the middle of the first shard and keeps the connection.
    hub.faults.push(({ host, range }, response) => {
      if (host !== 'storage' || range !== undefined || gets('storage').length > 1) return false;
      response.writeHead(200, { 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, 50_000));
      return true;
    });
    const script = fileURLToPath(new URL('../../fixtures/download-in-a-process.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=@llm/source', '--import', 'tsx', script, source, hub.endpoint, cacheDirectory],
      { stdio: 'inherit' },
    );
    const ended = new Promise((resolve) => child.on('close', (_, signal) => resolve(signal)));
    while (!(await bytesOfPartials()).includes(50_000)) await setTimeout(5);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const { directory } = await downloadModel(source, options());
    await expectWhole(directory, shards());
    expect(gets('storage')[1]?.range).toBe('bytes=50000-');
  });

  test('a server without ranges sends the whole again', async () => {
    const [name] = shards() as [string];
    const bytes = files.get(name)!;
    hub.faults.push(({ host, range }, response) => {
      if (host !== 'storage') return false;
      if (gets('storage').length === 1) return cut(response, bytes, 0, 5000);
      if (range === undefined) return false;
      response.writeHead(200, { 'content-length': String(bytes.length) });
      response.end(bytes);
      return true;
    });
    await expectWhole((await downloadModel(source, options())).directory, shards());
  });

  test('a body that always breaks at the same place ends, ranges or not', async () => {
    const [name] = shards() as [string];
    hub.faults.push(({ host }, response) => host === 'storage' && cut(response, files.get(name)!, 0, 3000));
    const download = downloadModel(source, { ...options(), attempts: 3 });
    await expect(download).rejects.toMatchObject({
      code: expect.stringMatching(/hub-(unreachable|corrupt)/),
    });
  });

  const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 1);
  const longer = (bytes: Uint8Array): Uint8Array => Buffer.concat([bytes, Uint8Array.of(0)]);

  test.each([
    ['other bytes', flipped, true, 'has the hash'],
    ['a byte too many', longer, true, 'the hub announced'],
    ['a byte too many, without a length', longer, false, 'more than the'],
    ['a byte too few', (bytes: Uint8Array) => bytes.subarray(1), true, 'the hub announced'],
  ])('%s: refused, and no file is left', async (_, change, hasLength, part) => {
    const [name] = shards() as [string];
    const wrong = change(files.get(name)!);
    hub.faults.push(({ host }, response) => {
      if (host !== 'storage') return false;
      response.writeHead(200, hasLength ? { 'content-length': String(wrong.length) } : {});
      response.end(wrong);
      return true;
    });
    const error: unknown = await downloadModel(source, options()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'model/hub-corrupt', details: { file: name } });
    expect(String(error)).toContain(part);
    const folder = join(cacheDirectory, 'models--some-owner--tiny.model/snapshots', hub.commit);
    await expect(stat(join(folder, name))).rejects.toMatchObject({ code: 'ENOENT' });
    hub.faults.length = 0;
    await expectWhole((await downloadModel(source, options())).directory, shards());
  });

  test('a small file with other bytes is found out too', async () => {
    hub.faults.push(({ method, path }, response) => {
      if (method !== 'GET' || !path.endsWith('/config.json')) return false;
      response.end(files.get('config.json')!.map((byte) => byte ^ 1));
      return true;
    });
    await expect(downloadModel(source, options())).rejects.toMatchObject({
      code: 'model/hub-corrupt',
      details: { file: 'config.json' },
    });
  });

  test('a partial file that a crash spoiled is fetched anew', async () => {
    const { directory } = await downloadModel(source, options());
    const [name] = shards() as [string];
    const link = join(directory, name);
    const blob = join(directory, await readlink(link));
    await rm(link);
    await rm(blob);
    await mkdir(dirname(blob), { recursive: true });
    await writeFile(`${blob}.partial`, new Uint8Array(1000).fill(9));
    await expectWhole((await downloadModel(source, options())).directory, [name]);
    await rm(link);
    await rm(blob);
    await writeFile(`${blob}.partial`, '');
    await truncate(`${blob}.partial`, files.get(name)!.length + 5);
    await expectWhole((await downloadModel(source, options())).directory, [name]);
  });

  test('aborting stops at once and keeps what came', async () => {
    const controller = new AbortController();
    hub.faults.push(({ host }, response) => {
      if (host !== 'storage') return false;
      response.writeHead(200);
      response.write(new Uint8Array(10));
      return true;
    });
    const download = downloadModel(source, { ...options(), signal: controller.signal });
    const refused = expect(download).rejects.toThrow('stop pressed');
    while (!(await bytesOfPartials()).includes(10)) await setTimeout(5);
    controller.abort(new Error('stop pressed'));
    await refused;
    expect(await bytesOfPartials()).toContain(10);
  });
});
