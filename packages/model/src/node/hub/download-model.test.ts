import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { RunEvent } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryArtifactStore } from '@llm/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type HubRequestRecord, type HubServer, startHubServer } from '../../fixtures/hub-server.js';
import { exportHuggingFace } from '../../hugging-face/export-model.js';
import { importHuggingFace } from '../../hugging-face/import-model.js';
import { initialParameters } from '../../initial-parameters.js';
import { createModelConfig } from '../../model-config.js';
import { type DownloadModelOptions, downloadModel } from './download-model.js';
import { parseHubAddress } from './hub-address.js';
import { importModel } from './import-model.js';

const config = createModelConfig({ vocabularySize: 300, contextLength: 32, depth: 2, width: 64 });
const parameters = initialParameters(config, 'hub');
const repository = 'some-owner/tiny.model';
const source = `hf:${repository}`;
const files = new Map<string, Uint8Array>();
let root: string;
let counter = 0;
let cacheDirectory: string;
let hub: HubServer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'llm-hub-'));
  const store = new MemoryArtifactStore();
  await exportHuggingFace(store, '', {
    config,
    parameters,
    tokenizerFiles: { 'tokenizer.json': '{"version":"1.0"}', 'tokenizer_config.json': '{}' },
    maximumShardBytes: 200_000,
  });
  for (const key of await store.list('')) files.set(key, await store.read(key));
  files.set('README.md', Uint8Array.of(35));
  files.set('pytorch_model.bin', new Uint8Array(100));
  files.set('onnx/model.onnx', new Uint8Array(100));
});
beforeEach(async () => {
  cacheDirectory = join(root, String(counter++));
  hub = await startHubServer({ repository, files });
});
afterEach(() => hub.close());
afterAll(() => rm(root, { recursive: true }));

const options = (): DownloadModelOptions & { cacheDirectory: string } => ({
  endpoint: hub.endpoint,
  token: 'secret',
  cacheDirectory,
  pauseMilliseconds: 1,
});
const shards = (): string[] => [...files.keys()].filter((name) => name.endsWith('.safetensors'));
const gets = (host: HubRequestRecord['host']): HubRequestRecord[] =>
  hub.requests.filter((request) => request.host === host && request.method === 'GET');

async function expectWhole(directory: string, names: Iterable<string>): Promise<void> {
  for (const name of names)
    expect((await readFile(join(directory, name))).equals(files.get(name)!), name).toBe(true);
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

describe('downloadModel', () => {
  test('fetches what a model needs, through the redirect, and it imports', async () => {
    const events: RunEvent[] = [];
    const model = await downloadModel(source, { ...options(), onEvent: (event) => events.push(event) });
    expect(model.commit).toBe(hub.commit);
    const wanted = [...files.keys()].filter((name) => !/README|pytorch|onnx/.test(name));
    expect([...model.files].sort()).toEqual(wanted.sort());
    expect(shards().length).toBeGreaterThan(1);
    await expectWhole(model.directory, wanted);
    expect((await importHuggingFace(new DirectoryStore(model.directory), '')).parameters).toEqual(parameters);
    expect(events[0]?.type).toBe('stage-start');
    const total = wanted.reduce((sum, name) => sum + files.get(name)!.length, 0);
    expect(events.filter((event) => event.type === 'progress').at(-1)).toMatchObject({ done: total });
    // The token is for the hub alone.
    expect(new Set(hub.requests.map(({ host, authorization }) => `${host} ${authorization}`))).toEqual(
      new Set(['hub Bearer secret', 'storage undefined']),
    );
  });

  test('the cache has the layout of the Python library, and a second time nothing is fetched', async () => {
    const { directory } = await downloadModel(source, options());
    const folder = join(cacheDirectory, 'models--some-owner--tiny.model');
    expect(await readFile(join(folder, 'refs/main'), 'utf8')).toBe(hub.commit);
    expect(directory).toBe(join(folder, 'snapshots', hub.commit));
    expect(await readlink(join(directory, 'config.json'))).toMatch(/^..\/..\/blobs\/[0-9a-f]{40}$/);
    expect(await readlink(join(directory, shards()[0]!))).toMatch(/^..\/..\/blobs\/[0-9a-f]{64}$/);
    expect((await readdir(join(folder, 'blobs'))).filter((name) => name.includes('partial'))).toEqual([]);
    hub.requests.length = 0;
    await downloadModel(source, options());
    expect(hub.requests.map(({ path }) => path)).toEqual([`/api/models/${repository}/revision/main`]);
    await downloadModel(`${source}@refs/pr/1`, options());
    expect(hub.requests.at(-1)?.path).toBe(`/api/models/${repository}/revision/refs%2Fpr%2F1`);
    hub.requests.length = 0;
    expect((await importModel(source, { ...options(), offline: true })).config).toEqual(config);
    expect(hub.requests).toEqual([]);
    await expect(downloadModel('hf:other/model', { ...options(), offline: true })).rejects.toMatchObject({
      code: 'model/hub-offline',
    });
  });

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
    const blobs = join(cacheDirectory, 'models--some-owner--tiny.model/blobs');
    const partial = async (): Promise<number> => {
      const found = (await readdir(blobs).catch(() => [])).find((each) => each.endsWith('.partial'));
      // A small file is renamed in between.
      return found
        ? stat(join(blobs, found)).then(
            ({ size }) => size,
            () => 0,
          )
        : 0;
    };
    while ((await partial()) < 50_000) await setTimeout(5);
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

  test('busy and failing answers are tried again, after the pause the server asks for', async () => {
    const answers: [number, Record<string, string>][] = [
      [429, { 'Retry-After': '0' }],
      [500, {}],
      [503, { 'Retry-After': new Date(Date.now() - 1000).toUTCString() }],
    ];
    hub.faults.push((_, response) => {
      const next = answers.shift();
      if (next === undefined) return false;
      response.writeHead(...next);
      response.end();
      return true;
    });
    await downloadModel(source, options());
    expect(answers).toEqual([]);
  });

  test('waits as long as Retry-After says', async () => {
    let refused = 0;
    hub.faults.push((_, response) => {
      if (refused++ > 0) return false;
      response.writeHead(429, { 'Retry-After': '1' });
      response.end();
      return true;
    });
    const begun = Date.now();
    await downloadModel(source, options());
    expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
  });

  test.each([
    ['that fails for good', (response: ServerResponse) => response.writeHead(503).end()],
    ['that hangs up', (response: ServerResponse) => response.destroy()],
    ['that is silent', () => undefined],
  ])('a server %s is an error after some attempts', async (_, answer) => {
    hub.faults.push((_, response) => {
      answer(response);
      return true;
    });
    const download = downloadModel(source, { ...options(), attempts: 3, silenceMilliseconds: 50 });
    await expect(download).rejects.toMatchObject({ code: 'model/hub-unreachable', details: { attempts: 3 } });
    expect(hub.requests.length).toBe(3);
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
      globalThis.setTimeout(() => controller.abort(new Error('stop pressed')), 50);
      return true;
    });
    const download = downloadModel(source, { ...options(), signal: controller.signal });
    await expect(download).rejects.toThrow('stop pressed');
    const blobs = join(cacheDirectory, 'models--some-owner--tiny.model/blobs');
    const partial = (await readdir(blobs)).find((name) => name.endsWith('.partial'))!;
    expect((await stat(join(blobs, partial))).size).toBe(10);
  });

  test('what the hub refuses says what to do', async () => {
    const code = async (address: string, changes: Partial<DownloadModelOptions> = {}): Promise<unknown> => {
      const error: unknown = await downloadModel(address, { ...options(), ...changes }).catch(
        (reason: unknown) => reason,
      );
      return (error as { code?: string }).code;
    };
    expect(await code('hf:some-owner/other')).toBe('model/hub-missing');
    expect(await code(`${source}@nothing`)).toBe('model/hub-missing');
    expect(await code('hf:a/b/c')).toBe('model/hub-address-invalid');
    expect(await code(source, { endpoint: 'huggingface' })).toBe('model/hub-address-invalid');
    for (const [status, hubCode] of [
      [401, 'RepoNotFound'],
      [403, 'GatedRepo'],
    ] as const) {
      hub.faults[0] = (_, response) => {
        response.writeHead(status, { 'X-Error-Code': hubCode });
        response.end();
        return true;
      };
      vi.stubEnv('HF_TOKEN', undefined);
      const { token: _, ...without } = options();
      await expect(downloadModel(source, without)).rejects.toThrow('set HF_TOKEN');
      vi.unstubAllEnvs();
      await expect(downloadModel(source, options())).rejects.toMatchObject({
        code: 'model/hub-unauthorized',
        details: { status, hubCode },
      });
    }
    for (const text of ['<html>', '{}', `{"sha":"../../x","siblings":[{"rfilename":"config.json"}]}`]) {
      hub.faults[0] = (_, response) => {
        response.end(text);
        return true;
      };
      expect(await code(source)).toBe('model/hub-protocol');
    }
  });

  test('token and endpoint come from the environment too', async () => {
    const closed = await startHubServer({ repository, files, token: 'from-environment' });
    vi.stubEnv('HF_ENDPOINT', `${closed.endpoint}/`);
    vi.stubEnv('HF_TOKEN', 'from-environment');
    vi.stubEnv('HF_HUB_CACHE', cacheDirectory);
    expect((await downloadModel(source)).directory.startsWith(cacheDirectory)).toBe(true);
    vi.unstubAllEnvs();
    await closed.close();
  });

  test('a repository without safetensors says so', async () => {
    const bare = new Map([...files].filter(([name]) => !name.includes('safetensors')));
    const other = await startHubServer({ repository, files: bare });
    const download = downloadModel(source, { ...options(), endpoint: other.endpoint });
    await expect(download).rejects.toMatchObject({ code: 'model/hub-no-weights' });
    await other.close();
  });
});

test('addresses', () => {
  expect(parseHubAddress('hf:Qwen/Qwen3-0.6B')).toEqual({ repository: 'Qwen/Qwen3-0.6B', revision: 'main' });
  expect(parseHubAddress('hf:gpt2@refs/pr/3')).toEqual({ repository: 'gpt2', revision: 'refs/pr/3' });
  for (const wrong of [
    'gpt2',
    'hf:',
    'hf:a/b/c',
    'hf:../x',
    'hf:a/..',
    'hf:a/b@',
    'hf:a/b@../../x',
    'hf:a/b@x//y',
    'hf:/a',
  ])
    expect(() => parseHubAddress(wrong)).toThrow(
      expect.objectContaining({ code: 'model/hub-address-invalid' }),
    );
});
