import {
  cp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type HubServer, startHubServer } from '../../fixtures/hub-server.js';
import {
  differing,
  modelFiles,
  type ServedModel,
  servedConfig,
  servedParameters,
  servedRepository,
  serveModel,
} from '../../fixtures/served-model.js';
import { importHuggingFace } from '../../hugging-face/import-model.js';
import { downloadModel } from './download-model.js';
import { parseHubAddress } from './hub-address.js';
import { importModel } from './import-model.js';

// Slow: processes are killed while they download

const source = `hf:${servedRepository}`;
let files: Map<string, Uint8Array>;
let served: ServedModel;
let hub: HubServer;
let cacheDirectory: string;
beforeAll(async () => {
  files = await modelFiles();
  files.set('README.md', Uint8Array.of(35));
  files.set('pytorch_model.bin', new Uint8Array(100));
  files.set('onnx/model.onnx', new Uint8Array(100));
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
const shards = (): string[] => [...files.keys()].filter((name) => name.endsWith('.safetensors'));
const expectWhole = async (directory: string, names: Iterable<string>): Promise<void> =>
  expect(await differing(directory, names, files)).toEqual([]);

describe('downloadModel', () => {
  test('fetches what a model needs, through the redirect, and it imports', async () => {
    const events: RunEvent[] = [];
    const model = await downloadModel(source, { ...options(), onEvent: (event) => events.push(event) });
    expect(model.commit).toBe(hub.commit);
    const wanted = [...files.keys()].filter((name) => !/README|pytorch|onnx/.test(name));
    expect([...model.files].sort()).toEqual(wanted.sort());
    expect(shards().length).toBeGreaterThan(1);
    await expectWhole(model.directory, wanted);
    expect((await importHuggingFace(new DirectoryStore(model.directory), '')).parameters).toEqual(
      servedParameters,
    );
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
    expect(hub.requests[0]!.path).toBe(`/api/models/${servedRepository}/revision/main`);
    expect(hub.requests.slice(1).every(({ method }) => method === 'HEAD')).toBe(true);
    hub.requests.length = 0;
    await downloadModel(`${source}@refs/pr/1`, options());
    expect(hub.requests[0]!.path).toBe(`/api/models/${servedRepository}/revision/refs%2Fpr%2F1`);
    hub.requests.length = 0;
    expect((await importModel(source, { ...options(), offline: true })).config).toEqual(servedConfig);
    expect(hub.requests).toEqual([]);
    await expect(downloadModel('hf:other/model', { ...options(), offline: true })).rejects.toMatchObject({
      code: 'model/hub-offline',
    });
  });

  test('what was changed or cut in the cache is fetched again', async () => {
    const { directory } = await downloadModel(source, options());
    const blob = await realpath(join(directory, 'config.json'));
    const bytes = await readFile(blob);
    bytes[20]! ^= 1;
    await writeFile(blob, bytes);
    await truncate(join(directory, shards()[0]!), 100);
    // A file that another program put there, no link to a blob.
    await rm(join(directory, 'tokenizer.json'));
    await writeFile(join(directory, 'tokenizer.json'), '{"other":1}');
    await downloadModel(source, options());
    await expectWhole(
      directory,
      [...files.keys()].filter((name) => !/README|pytorch|onnx/.test(name)),
    );
    // A link to another version of the file.
    await rm(join(directory, 'config.json'));
    await symlink(join('../../blobs', 'f'.repeat(40)), join(directory, 'config.json'));
    await downloadModel(source, options());
    await expectWhole(directory, ['config.json']);
  });

  test('a cache whose refs lead elsewhere is no cache', async () => {
    const folder = join(cacheDirectory, 'models--some-owner--tiny.model');
    const { directory } = await downloadModel(source, options());
    await cp(directory, join(cacheDirectory, 'elsewhere'), { recursive: true, dereference: true });
    for (const commit of ['../../../elsewhere', 'main', '', join(cacheDirectory, 'elsewhere'), '\0']) {
      await writeFile(join(folder, 'refs/main'), commit);
      await expect(downloadModel(source, { ...options(), offline: true })).rejects.toMatchObject({
        code: 'model/hub-offline',
      });
    }
  });

  test('a repository without safetensors says so', async () => {
    const bare = new Map([...files].filter(([name]) => !name.includes('safetensors')));
    const other = await startHubServer({ repository: servedRepository, files: bare });
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
    `hf:a/${'b'.repeat(300)}`,
    `hf:a/b@${'c'.repeat(300)}`,
  ])
    expect(() => parseHubAddress(wrong)).toThrow(
      expect.objectContaining({ code: 'model/hub-address-invalid' }),
    );
});
