import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface PageReport {
  readonly isolated: boolean;
  readonly report: readonly { readonly name: string; readonly error?: string }[];
}

const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const wanted = process.env.LLM_GRAPH_EXECUTOR === 'browser';
if (!wanted || chromium === undefined) {
  process.stderr.write(
    'SKIPPED: the executor contract in a browser (npm run test:browser, needs chromium)\n',
  );
}

/** Serves the page with the headers that threads need, opens it headless, waits for what it posts. */
async function contractInBrowser(executor: 'wasm' | 'webgpu'): Promise<PageReport> {
  const { createServer } = await import('vite');
  const isolation = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  };
  const profile = mkdtempSync(join(tmpdir(), 'chromium-'));
  let browser: ChildProcess | undefined;
  const received = deferred<PageReport>();
  const server = await createServer({
    configFile: false,
    root: join(import.meta.dirname, '../..'),
    logLevel: 'error',
    resolve: { conditions: ['@llm/source', 'onnxruntime-web-use-extern-wasm', 'browser', 'import'] },
    optimizeDeps: { noDiscovery: true, exclude: ['onnxruntime-web'] },
    server: { host: '127.0.0.1', port: 0, headers: isolation, fs: { strict: false } },
    plugins: [
      {
        name: 'report',
        configureServer({ middlewares }) {
          middlewares.use('/report', (request, response) => {
            let body = '';
            request.on('data', (part) => {
              body += part;
            });
            request.on('end', () => {
              response.end();
              received.resolve(JSON.parse(body) as PageReport);
            });
          });
        },
      },
    ],
  });
  try {
    await server.listen();
    const address = server.resolvedUrls!.local[0]!;
    browser = spawn(
      chromium!,
      [
        '--headless=new',
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        `--user-data-dir=${profile}`,
        `${address}src/web/fixtures/browser-page.html?executor=${executor}`,
      ],
      { stdio: 'ignore' },
    );
    return await received.promise;
  } finally {
    if (browser !== undefined) {
      const ended = once(browser, 'exit');
      browser.kill();
      await ended;
    }
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

describe.skipIf(!wanted || chromium === undefined)('in headless Chromium', () => {
  for (const executor of ['wasm', 'webgpu'] as const) {
    test(`the executor contract on ${executor}`, { timeout: 300_000 }, async () => {
      const { isolated, report } = await contractInBrowser(executor);
      expect(isolated).toBe(true);
      expect(report.length).toBeGreaterThan(3);
      expect(report.filter(({ error }) => error !== undefined)).toEqual([]);
    });
  }
});
