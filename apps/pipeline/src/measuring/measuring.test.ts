/** Any model on named tasks, questions of one's own and text, from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '@llm/assistant/node';
import { DirectoryStore } from '@llm/core/node';
import { createModelConfig, initialParameters } from '@llm/model';
import { arc, bitsPerByte, evaluate } from '@llm/model/evaluation';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { toTokenizerJson, trainTokenizer } from '@llm/tokenizer';
import { afterAll, expect, test } from 'vitest';
import { runCommandLine } from '../command-line.js';
import { captureOutput } from '../testing/captured-output.js';

const directory = mkdtempSync(join(tmpdir(), 'llm-measuring-'));
afterAll(() => rmSync(directory, { recursive: true }));
const place = (name: string): string => join(directory, name);

const text = 'The cat sat on the mat. The dog sat on the log. '.repeat(4);
writeFileSync(place('text.txt'), text);
const tokenizer = await trainTokenizer([text], { vocabularySize: 280, specialTokens: ['<|bos|>'] });
const config = createModelConfig({ vocabularySize: 280, contextLength: 64, depth: 1, width: 64 });
await exportHuggingFace(new DirectoryStore(place('base')), '', {
  config,
  parameters: initialParameters(config, 'measuring'),
  tokenizerFiles: { 'tokenizer.json': toTokenizerJson(tokenizer) },
});
const arcRow = (answerKey: string) => ({
  question: 'Who sat?',
  choices: { text: ['the cat', 'the dog', 'a log'], label: ['A', 'B', 'C'] },
  answerKey,
});
const jsonl = (name: string, rows: readonly unknown[]): void =>
  writeFileSync(place(name), rows.map((row) => JSON.stringify(row)).join('\n'));
jsonl('arc.jsonl', [arcRow('A'), arcRow('B'), arcRow('C'), arcRow('C')]);
const choices = ['the cat', 'the dog', 'a log'];
jsonl('mine.jsonl', [
  { prompt: 'Who sat?', choices, answer: 'the dog' },
  { question: 'Who sat?', choices, answer: 'C' },
  { prompt: 'Who sat?', choices, answer: 0 },
]);
jsonl('words.jsonl', [{ prompt: 'The cat sat on', answer: 'the mat' }]);
jsonl('wrong.jsonl', [{ prompt: 'Who sat?', choices, answer: 'the bird' }]);

async function evaluated(...flags: string[]) {
  const output = captureOutput();
  const parameters = ['eval', '--model', place('base'), '--threads', '1', '--json', ...flags];
  const code = await runCommandLine(parameters, output);
  const reports = output
    .out()
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, reports, err: output.err() };
}

test('figures are those of the evaluation itself', async () => {
  const tasks = ['--tasks', 'arc', place('mine.jsonl'), place('words.jsonl')];
  const { code, reports, err } = await evaluated(...tasks, '--data', directory, '--text', place('text.txt'));
  expect(code, err).toBe(0);
  const assistant = await loadModel(place('base'), { threads: 1 });
  const { model } = assistant;
  const rows = ['A', 'B', 'C', 'C'].map(arcRow);
  const bosToken = assistant.beginToken ?? null;
  const expected = await evaluate(model, tokenizer, arc, rows, { bosToken });
  expect(reports[0]).toMatchObject({ task: 'ARC', n: 4, measures: expected.measures });
  // One option is chosen each time, and each is right once.
  expect(reports[1]).toMatchObject({ task: 'mine.jsonl', n: 3, chance: 1 / 3 });
  expect(reports[1].measures.accuracy.mean).toBeCloseTo(1 / 3, 12);
  expect(reports[2]).toMatchObject({ task: 'words.jsonl', n: 1, measure: 'accuracy' });
  const bits = await bitsPerByte(model, tokenizer, [text], { bosToken });
  expect(reports[3].measures.bitsPerByte.mean).toBeCloseTo(bits, 5);
  await assistant.dispose();
  const [limited] = (await evaluated('--tasks', 'arc', '--data', place('arc.jsonl'), '--limit', '2')).reports;
  expect(limited).toMatchObject({ n: 2 });
}, 60_000);

test.each([
  [['--tasks', 'arc'], 'give --data DIR'],
  [['--tasks', 'blimp', '--data', '.'], 'The rows of blimp are not there'],
  [['--tasks', 'squad'], '"squad" is neither a task (mmlu, arc,'],
  [['--limit', '3'], 'pipeline/nothing-to-measure'],
  [['--tasks', place('wrong.jsonl')], '"answer" is "the bird"'],
  [['--tasks', 'gsm8k', '--data', place('mine.jsonl')], 'gsm8k|GSM8K'],
])('%j is refused', async (flags, message) => {
  const { code, err } = await evaluated(...flags);
  expect(code).toBe(1);
  expect(err).toMatch(new RegExp(message.replaceAll(/[()]/g, '\\$&')));
});
