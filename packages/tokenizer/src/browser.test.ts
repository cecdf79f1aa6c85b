/** The page of the README, as it stands there, in headless Chromium. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findChromium, openInChromium } from '@llm/build/chromium';
import { describe, expect, test } from 'vitest';
import { packGenuineEncoding } from './encodings/source/pack-encoding.js';

// Slow: a page is served and opened in Chromium

const chromium = findChromium("The test of the README's page");

/** The vocabulary as the build writes it. */
const builtEncodings = {
  name: 'built-encodings',
  enforce: 'pre' as const,
  resolveId: (id: string): string | undefined =>
    id.startsWith('#encodings/') ? `\0${id.slice(1)}` : undefined,
  load: (id: string): string | undefined =>
    id === '\0encodings/o200k_base'
      ? `export const encodingAsset = '${packGenuineEncoding('o200k_base')}';`
      : undefined,
};

describe.skipIf(chromium === undefined)('in a browser', () => {
  test("the README's page counts tokens", async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, page] = /```html\n([\s\S]*?)```/.exec(readme)!;
    const root = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.page-'));
    try {
      const report = `<script type="module">
        const { count, text } = window;
        const counted = () => new Promise((resolve) => setTimeout(resolve, 20));
        while (!/tokens/.test(count.value)) await counted();
        const first = count.value;
        text.value = 'How many tokens is this?';
        text.dispatchEvent(new Event('input'));
        await fetch('/report', { method: 'POST', body: JSON.stringify([first, count.value]) });
      </script>`;
      writeFileSync(join(root, 'index.html'), page! + report);
      const found = await openInChromium({
        chromium: chromium!,
        root,
        webgpu: false,
        vite: { plugins: [builtEncodings] },
      });
      expect(found).toEqual(['3 tokens', '6 tokens']);
    } finally {
      rmSync(root, { recursive: true });
    }
  }, 300_000);
});
