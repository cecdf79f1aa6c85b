import { join } from 'node:path';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { describe, expect, test } from 'vitest';

interface PageReport {
  readonly isolated: boolean;
  readonly report: readonly { readonly name: string; readonly error?: string | undefined }[];
}

const wanted = process.env.LLM_BROWSER !== undefined;
const chromium = wanted ? findChromium('The executor contract in a browser') : undefined;
if (!wanted) process.stderr.write('SKIPPED: the contract in a browser runs with npm run test:browser\n');

describe.skipIf(chromium === undefined)('in headless Chromium', () => {
  for (const executor of ['wasm', 'webgpu', 'wasm in a worker', 'webgpu in a worker']) {
    test(`the executor contract on ${executor}`, { timeout: 600_000 }, async () => {
      const { isolated, report } = (await openInChromium({
        chromium: chromium!,
        root: join(import.meta.dirname, '../..'),
        page: `src/web/fixtures/browser-page.html?executor=${encodeURIComponent(executor)}`,
      })) as PageReport;
      expect(isolated).toBe(true);
      expect(report.length).toBeGreaterThan(executor.endsWith('worker') ? 6 : 4);
      expect(report.filter(({ error }) => error !== undefined)).toEqual([]);
    });
  }
});
