// Runs a page of a package in headless Chromium: served by Vite from TypeScript sources, with the headers that threads
// need, on Chromium's own software driver where WebGPU is wanted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, createServer, defaultClientConditions, mergeConfig, preview } from 'vite';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export function findChromium(what) {
  const path = process.env.CHROMIUM ?? places.find((place) => existsSync(place));
  if (path !== undefined) return path;
  const message = `${what} needs Chromium (apt-get install chromium, or CHROMIUM=path)`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`SKIPPED: ${message}\n`);
  return undefined;
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

const errorsToReport = `
for (const kind of ['error', 'unhandledrejection'])
  addEventListener(kind, (event) => {
    const reason = event.reason ?? event.error ?? event.message ?? 'a script could not be loaded';
    fetch('/report', { method: 'POST', body: JSON.stringify({ pageError: String(reason?.stack ?? reason) }) });
  }, true);`;

/** Takes what the page posts to /report. */
function reportPlugin(receive) {
  const take = ({ middlewares }) => {
    middlewares.use('/report', (request, response) => {
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        response.end();
        receive(JSON.parse(body));
      });
    });
  };
  return {
    name: 'report',
    configureServer: take,
    configurePreviewServer: take,
    transformIndexHtml: () => [{ tag: 'script', children: errorsToReport, injectTo: 'head-prepend' }],
  };
}

/** Over the DevTools protocol: the browser gives the page's site so many bytes of storage. */
async function openWithQuota(browser, url, quotaSize) {
  const [, , , orders, answers] = browser.stdio;
  const waiting = new Map();
  let said = '';
  answers.on('data', (part) => {
    said += part;
    for (let end = said.indexOf('\0'); end >= 0; end = said.indexOf('\0')) {
      const { id, result, error } = JSON.parse(said.slice(0, end));
      said = said.slice(end + 1);
      if (error) waiting.get(id)?.reject(new Error(`DevTools: ${error.message}`));
      else waiting.get(id)?.resolve(result);
    }
  });
  let count = 0;
  const send = (method, params, sessionId) =>
    new Promise((resolve, reject) => {
      waiting.set(++count, { resolve, reject });
      orders.write(`${JSON.stringify({ id: count, method, params, sessionId })}\0`);
    });
  const { targetInfos } = await send('Target.getTargets', {});
  const { targetId } = targetInfos.find(({ type }) => type === 'page');
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  await send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, quotaSize }, sessionId);
  await send('Page.navigate', { url }, sessionId);
}

export async function openInChromium({
  chromium,
  root,
  page = 'index.html',
  bundled = false,
  webgpu = true,
  vite = {},
  quota,
  flags = [],
  timeout = 540_000,
}) {
  const scratch = mkdtempSync(join(tmpdir(), 'chromium-'));
  const outcome = {};
  const posted = new Promise((resolve, reject) => Object.assign(outcome, { resolve, reject }));
  posted.catch(() => {});
  const config = mergeConfig(
    {
      configFile: false,
      root,
      logLevel: 'error',
      resolve: { conditions: ['@llm/source', ...defaultClientConditions] },
      // On an empty cache the development server would bundle dependencies late and reload the page.
      optimizeDeps: { noDiscovery: true, exclude: ['onnxruntime-web'] },
      cacheDir: join(scratch, 'cache'),
      server: {
        host: '127.0.0.1',
        port: 0,
        headers: isolation,
        fs: { strict: false },
        hmr: false,
        watch: null,
      },
      preview: { host: '127.0.0.1', port: 0, headers: isolation },
      worker: { format: 'es' },
      build: { target: 'es2022', outDir: join(scratch, 'site'), emptyOutDir: true, minify: false },
      plugins: [
        reportPlugin((report) => {
          if (report.pageError === undefined) outcome.resolve(report);
          else outcome.reject(new Error(`The page failed: ${report.pageError}`));
        }),
      ],
    },
    vite,
  );
  const timer = setTimeout(
    () => outcome.reject(new Error(`The page said nothing within ${timeout} ms.`)),
    timeout,
  );
  let server;
  let browser;
  try {
    if (bundled) {
      await build(config);
      server = await preview(config);
    } else {
      server = await createServer(config);
      await server.listen();
    }
    const address = server.resolvedUrls.local[0];
    browser = spawn(
      chromium,
      [
        '--headless=new',
        '--no-sandbox',
        '--no-first-run',
        // Containers have little shared memory.
        '--disable-dev-shm-usage',
        ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-gpu']),
        ...flags,
        `--user-data-dir=${join(scratch, 'profile')}`,
        ...(quota === undefined ? [`${address}${page}`] : ['--remote-debugging-pipe', 'about:blank']),
      ],
      // A process group of its own, so that none of its many processes outlives the test.
      {
        stdio: ['ignore', 'ignore', 'pipe', ...(quota === undefined ? [] : ['pipe', 'pipe'])],
        detached: true,
      },
    );
    if (quota !== undefined)
      openWithQuota(browser, `${address}${page}`, quota).catch((error) => outcome.reject(error));
    let said = '';
    browser.stderr.on('data', (part) => {
      said = (said + part).slice(-2000);
    });
    browser.on('error', outcome.reject);
    browser.on('exit', (code) =>
      outcome.reject(new Error(`Chromium ended with code ${code} before the page was done:\n${said}`)),
    );
    return await posted;
  } finally {
    clearTimeout(timer);
    if (browser?.exitCode === null && browser.pid !== undefined) {
      const ended = once(browser, 'exit');
      process.kill(-browser.pid, 'SIGKILL');
      await ended;
    }
    await server?.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
