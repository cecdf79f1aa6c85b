// Slow: a base model and an assistant of a step each, measured and sampled
/** The stage as it is run: what conversations it has. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { presetOptions } from '../presets.js';
import { captureOutput } from '../testing/captured-output.js';
import { documentRow } from '../testing/documents.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-sft-'));
afterAll(() => rmSync(directory, { recursive: true }));
const documents = join(directory, 'docs.jsonl');
writeFileSync(documents, Array.from({ length: 20 }, (_, number) => documentRow(number)).join(''));

test('texts of one’s own are told in conversations beside the others, a long one piece by piece', async () => {
  const run = join(directory, 'run');
  const output = captureOutput();
  const sizes = ['--vocabulary', '400', '--pretrain-steps', '1', '--steps', '1'];
  const given = ['sft', '--run', run, '--preset', 'smoke', '--jsonl', documents, ...sizes];
  expect(await runCommandLine(given, output), output.err()).toBe(0);
  const { sft } = JSON.parse(readFileSync(join(run, 'report.json'), 'utf8')).stages;
  const { conversations, textConversations } = presetOptions('smoke').sft;
  const told = sft.conversations - conversations;
  expect(told).toBeGreaterThan(2 * 18);
  expect(told).toBeLessThanOrEqual(textConversations!);
  expect(sft.samples.map(({ prompt }: { prompt: string }) => prompt)).toContain('Tell me a story.');
});
