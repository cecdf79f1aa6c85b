/** What a page downloads to count tokens: the code for published encodings, minified and compressed, without a vocabulary. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'tsup';
import { expect, test } from 'vitest';

const bundles = [
  ['published encodings', 'loadEncoding, encodingNameForModel', 15_000],
  ['tokenizer.json files', 'fromTokenizerJson', 18_000],
  ['everything', '*', 31_000],
] as const;

test.each(bundles)('code for %s stays below its ceiling', async (_, names, ceiling) => {
  const folder = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.bundle-'));
  try {
    const entry = join(folder, 'entry.ts');
    writeFileSync(entry, `export ${names === '*' ? '*' : `{ ${names} }`} from '../index.js';\n`);
    await build({
      config: false,
      entry: [entry],
      outDir: folder,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      minify: true,
      clean: false,
      silent: true,
      noExternal: [/^@llm\//],
      external: [/^#encodings\//, '@huggingface/jinja'],
      esbuildOptions: (options) => {
        options.conditions = ['@llm/source'];
      },
    });
    const code = readFileSync(join(folder, 'entry.js'));
    const size = gzipSync(code, { level: 9 }).length;
    expect(size).toBeGreaterThan(5000);
    expect(size).toBeLessThan(ceiling);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
