import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Page } from '../../page/page.js';
import { qualityFilter } from '../../quality/quality-filter.js';
import { loadOnnxScorer } from './load-onnx-scorer.js';

// A tiny classifier built as FineWeb-Edu's, and the scores that transformers gives (edu_classifier.py).
const { texts, scores, tokenizer, model } = JSON.parse(
  readFileSync(new URL('../../quality/fixtures/edu-classifier.json', import.meta.url), 'utf8'),
) as {
  readonly texts: string[];
  readonly scores: number[];
  readonly tokenizer: object;
  readonly model: string;
};

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'edu-'));
  writeFileSync(join(directory, 'model.onnx'), gunzipSync(Buffer.from(model, 'base64')));
  writeFileSync(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
});
afterAll(() => rmSync(directory, { recursive: true }));

test('scores are those of transformers', async () => {
  const scorer = await loadOnnxScorer({ path: directory });
  for (const [at, text] of texts.entries()) expect(await scorer.score(text)).toBeCloseTo(scores[at]!, 4);
  expect(Math.max(...scores) - Math.min(...scores)).toBeGreaterThan(0.1);
});

test('the filter keeps what is rounded to the minimum, and says the score', async () => {
  const scorer = await loadOnnxScorer({ path: directory });
  const step = qualityFilter({ scorer, minimum: -2.5 });
  for (const [at, text] of texts.entries()) {
    const page = new Page({ content: text });
    const verdict = await step.run(page);
    expect([at, verdict.kind]).toEqual([at, scores[at]! >= -2.5 ? 'keep' : 'drop']);
    expect(verdict.metadata!.eduScore).toBeCloseTo(scores[at]!, 4);
  }
  expect(step.options).toMatchObject({ scorer: 'eduScore', minimum: -2.5, fingerprint: expect.any(String) });
});

test('files that are missing or of another kind are a clear error', async () => {
  await expect(loadOnnxScorer({ path: join(directory, 'none') })).rejects.toThrow(/holds no model.onnx/);
  const broken = mkdtempSync(join(tmpdir(), 'edu-'));
  writeFileSync(join(broken, 'model.onnx'), 'no graph');
  await expect(loadOnnxScorer({ path: broken })).rejects.toThrow(/holds no tokenizer.json/);
  writeFileSync(join(broken, 'tokenizer.json'), JSON.stringify(tokenizer));
  await expect(loadOnnxScorer({ path: broken })).rejects.toMatchObject({ code: 'data/model-unreadable' });
  rmSync(broken, { recursive: true });
});
