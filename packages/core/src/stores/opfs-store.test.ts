import { join } from 'node:path';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { describe, expect, test } from 'vitest';
import { OpfsStore } from './opfs-store.js';

const wanted = process.env.LLM_BROWSER !== undefined;
const chromium = wanted ? findChromium('The contract of stores in a browser') : undefined;
if (!wanted) process.stderr.write('SKIPPED: OpfsStore is tested in a browser with npm run test:browser\n');

describe.skipIf(chromium === undefined)('in headless Chromium', () => {
  test('OpfsStore holds the contract of stores', { timeout: 120_000 }, async () => {
    const report = (await openInChromium({
      chromium: chromium!,
      root: join(import.meta.dirname, '../..'),
      page: 'src/stores/fixtures/opfs-page.html',
      webgpu: false,
    })) as { readonly name: string; readonly error?: string | undefined }[];
    expect(report.length).toBeGreaterThan(3);
    expect(report.filter(({ error }) => error !== undefined)).toEqual([]);
  });
});

test('where there is no such file system it is said', async () => {
  await expect(OpfsStore.open('models')).rejects.toMatchObject({ code: 'core/opfs-missing' });
});
