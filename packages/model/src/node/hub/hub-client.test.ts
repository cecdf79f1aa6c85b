import { rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type HubServer, startHubServer } from '../../fixtures/hub-server.js';
import { modelFiles, type ServedModel, servedRepository, serveModel } from '../../fixtures/served-model.js';
import { type DownloadModelOptions, downloadModel } from './download-model.js';

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

describe('a hub', () => {
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

  test('an abort while it waits says why', async () => {
    hub.faults.push((_, response) => {
      response.writeHead(429, { 'Retry-After': '3600' });
      response.end();
      return true;
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('stop pressed')), 100);
    const download = downloadModel(source, { ...options(), signal: controller.signal });
    await expect(download).rejects.toThrow('stop pressed');
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
    const download = downloadModel(source, { ...options(), attempts: 3, silenceMilliseconds: 500 });
    await expect(download).rejects.toMatchObject({ code: 'model/hub-unreachable', details: { attempts: 3 } });
    expect(hub.requests.length).toBe(3);
  });

  test('what the hub refuses says what to do', async () => {
    const code = async (address: string, changes: Partial<DownloadModelOptions> = {}): Promise<unknown> => {
      const error: unknown = await downloadModel(address, { ...options(), ...changes }).catch(
        (reason: unknown) => reason,
      );
      return (error as { code?: string | undefined }).code;
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
    const closed = await startHubServer({ repository: servedRepository, files, token: 'from-environment' });
    vi.stubEnv('HF_ENDPOINT', `${closed.endpoint}/`);
    vi.stubEnv('HF_TOKEN', 'from-environment');
    vi.stubEnv('HF_HUB_CACHE', cacheDirectory);
    expect((await downloadModel(source)).directory.startsWith(cacheDirectory)).toBe(true);
    vi.unstubAllEnvs();
    await closed.close();
  });

  test('an answer without end is given up', async () => {
    hub.faults.push(({ path }, response) => {
      if (!path.startsWith('/api/')) return false;
      response.writeHead(200, { 'content-type': 'application/json' });
      const more = (): void => {
        while (!response.destroyed && response.write(' '.repeat(1 << 20)));
      };
      response.on('drain', more);
      more();
      return true;
    });
    await expect(downloadModel(source, options())).rejects.toMatchObject({ code: 'model/hub-protocol' });
  });

  test.each(['/api/', '/resolve/'])('one byte at a time from %s is as good as silence', async (part) => {
    const timers: NodeJS.Timeout[] = [];
    hub.faults.push(({ path, method }, response) => {
      if (!path.includes(part) || method === 'HEAD') return false;
      const size = path.endsWith('config.json') ? files.get('config.json')!.length : 1e6;
      response.writeHead(200, { 'content-length': String(size) });
      timers.push(setInterval(() => response.write(' '), 40));
      return true;
    });
    const slow = { ...options(), silenceMilliseconds: 200, attempts: 2, pauseMilliseconds: 1 };
    const begun = Date.now();
    await expect(downloadModel(source, slow)).rejects.toMatchObject({ code: 'model/hub-unreachable' });
    expect(Date.now() - begun).toBeLessThan(20_000);
    for (const timer of timers) clearInterval(timer);
  });

  test.each([
    ['https://hub.example', 'http://hub.example/elsewhere'],
    ['https://hub.example', 'file:///etc/passwd'],
    ['http://hub.example', 'ftp://hub.example/x'],
    ['http://hub.example', 'http://['],
  ])('%s does not lead to %s', async (endpoint, location) => {
    // Which way to go is decided before a connection is made.
    const asked: string[] = [];
    vi.stubGlobal('fetch', async (url: string) => {
      asked.push(url);
      return new Response(null, { status: 302, headers: { location } });
    });
    const download = downloadModel(source, { ...options(), endpoint });
    await expect(download).rejects.toMatchObject({ code: 'model/hub-redirects' });
    expect(asked.length).toBe(1);
    vi.unstubAllGlobals();
  });
});
