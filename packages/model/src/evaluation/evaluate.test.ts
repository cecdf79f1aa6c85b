import type { LanguageModel, RunEvent } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import fixture from '../fixtures/tiny-evaluation.json' with { type: 'json' };
import { fromHuggingFaceConfig } from '../hugging-face/config.js';
import { createTransformer } from '../transformer.js';
import { bitsPerByte } from './bits-per-byte.js';
import { type EvaluateOptions, evaluate, type ItemOutcome } from './evaluate.js';
import type { EvaluationReport } from './evaluation-report.js';
import type { EvaluationTask } from './evaluation-task.js';
import { RowReader } from './row-reader.js';
import { arc } from './tasks/arc.js';
import { blimp } from './tasks/blimp.js';
import { gsm8k } from './tasks/gsm8k.js';
import { heldOutText } from './tasks/held-out-text.js';
import { hellaSwag } from './tasks/hellaswag.js';
import { lambada } from './tasks/lambada.js';
import { mmlu } from './tasks/mmlu.js';

// Written by EleutherAI's lm-evaluation-harness: see tooling/oracles/model/lm_eval_scores.py.
const config = fromHuggingFaceConfig(JSON.stringify(fixture.config), 'tiny-evaluation.json');
const tokenizer = new ByteTokenizer();
const executor = createNodeExecutor({ threads: 1 });
const model = await createTransformer({ config, executor, parameters: oracleParameters(config) });
const tasks: Readonly<Record<string, EvaluationTask>> = { arc, blimp, gsm8k, hellaSwag, lambada, mmlu };

/** Prefers smaller ids; its generation is not used. */
const counting: LanguageModel = {
  specificationVersion: 'v1',
  vocabularySize: 257,
  contextLength: 128,
  logProbabilities: async ({ targets }) => Float32Array.from(targets, (id) => -id),
  generate: async () => [],
};

interface Expected {
  readonly logProbabilities?: readonly number[] | undefined;
  readonly measures: Readonly<Record<string, number>>;
  readonly text?: string | undefined;
}

async function outcomesOf(
  task: EvaluationTask,
  rows: Iterable<unknown>,
  options: EvaluateOptions,
): Promise<{ report: EvaluationReport; outcomes: ItemOutcome[] }> {
  const outcomes: ItemOutcome[] = [];
  const report = await evaluate(model, tokenizer, task, rows, {
    batchTokens: 1024,
    ...options,
    onItem: (outcome) => outcomes.push(outcome),
  });
  return { report, outcomes };
}

describe('the same rows, asked by lm-evaluation-harness', () => {
  test.each(Object.keys(fixture.tasks))(
    '%s: log-probabilities, choices and answers of every row',
    async (name) => {
      const { rows, examples, shots, newTokens } = fixture.tasks[name as keyof typeof fixture.tasks];
      const expected: readonly Expected[] = fixture.outcomes[name as keyof typeof fixture.outcomes];
      const { report, outcomes } = await outcomesOf(tasks[name]!, rows, {
        examples,
        shots,
        maxNewTokens: newTokens > 0 ? newTokens : undefined,
      });
      expect(outcomes.map(({ index }) => index)).toEqual([...expected.keys()]);
      for (const [i, { logProbabilities = [], measures, text }] of expected.entries()) {
        expect(outcomes[i]!.logProbabilities.length).toBe(logProbabilities.length);
        for (const [option, value] of logProbabilities.entries())
          expect(outcomes[i]!.logProbabilities[option]! / value, `row ${i}`).toBeCloseTo(1, 4);
        expect(outcomes[i]!.measures).toMatchObject(measures);
        expect(outcomes[i]!.text).toBe(text);
      }
      const mean =
        expected.reduce((sum, { measures }) => sum + measures[report.measure]!, 0) / expected.length;
      expect(report.measures[report.measure]!.mean).toBeCloseTo(mean, 12);
    },
  );

  test('the fixture holds right and wrong, a cut prompt, and both kinds of greedy continuation', async () => {
    const { rows, examples, shots } = fixture.tasks.mmlu;
    const { report } = await outcomesOf(mmlu, rows, { examples, shots });
    expect(report).toMatchObject({
      n: 4,
      truncated: 1,
      skipped: 0,
      chance: 0.25,
      shots: 2,
      measure: 'accuracy',
    });
    expect(Object.keys(report.groups)).toEqual(['sums', 'farm_animals']);
    expect(report.groups.sums).toMatchObject({ n: 2, mean: 0.5 });
    expect(report.measures.accuracy!.mean).toBe(0.25);
    expect(report.measures.accuracy!.standardError).toBeCloseTo(0.25, 12); // √(0.75 · 0.25 · 4 / 3 / 4)
    expect(report.centred).toBe(0);
    expect(new Set(fixture.outcomes.lambada.map(({ measures }) => measures.accuracy))).toEqual(
      new Set([0, 1]),
    );
  });

  test.each(fixture.answers)('GSM8K judges $text against $answer', ({ text, answer, strict, flexible }) => {
    const item = gsm8k.read(new RowReader({ question: '?', answer }, 'row 0', 'GSM8K'));
    expect(item.kind === 'generation' && item.judge(text)).toEqual({ strict, flexible });
  });
});

describe('the harness', () => {
  test('bits per byte of documents are those of bitsPerByte', async () => {
    const texts = ['A short one.', 'x', '', 'A longer text, of several windows. '.repeat(24)];
    const { report } = await outcomesOf(
      heldOutText,
      texts.map((text) => ({ text })),
      {},
    );
    const expected = await bitsPerByte(model, tokenizer, texts, { rows: 2 });
    expect(report.measures.bitsPerByte!.mean / expected).toBeCloseTo(1, 6);
    expect(report).toMatchObject({ n: 3, skipped: 1, centred: undefined });
  });

  test('rows may come one by one, many windows of them', async () => {
    async function* rows(): AsyncGenerator<unknown> {
      for (let i = 0; i < 1100; i++)
        yield { sentence_good: `a${i}`, sentence_bad: `b${i}`, UID: String(i % 3) };
    }
    const events: RunEvent[] = [];
    const report = await evaluate(counting, tokenizer, blimp, rows(), {
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({
      n: 1100,
      chance: 0.5,
      centred: 1,
      measures: { accuracy: { mean: 1, standardError: 0 } },
    });
    expect(report.groups['2']!.n).toBe(366);
    expect(events.map((event) => ('done' in event ? event.done : event.type))).toEqual([
      'stage-start',
      512,
      1024,
      1100,
      'stage-end',
    ]);
  });

  test('a row that does not fit the window is counted, not scored', async () => {
    const rows = [
      { sentence_good: 'a'.repeat(400), sentence_bad: 'b' },
      { sentence_good: 'a', sentence_bad: 'b' },
    ];
    expect((await outcomesOf(blimp, rows, {})).report).toMatchObject({
      n: 1,
      skipped: 1,
      skippedRows: [{ index: 0, reason: 'too-long', message: expect.stringContaining('400 tokens') }],
    });
    await expect(outcomesOf(blimp, rows.slice(0, 1), {})).rejects.toMatchObject({
      code: 'model/nothing-to-evaluate',
    });
  });

  test('one row that cannot be answered does not end the rest, and is named', async () => {
    const long = { question: 'A question? '.repeat(100), answer: '#### 7' };
    const short = { question: 'a', answer: '#### 7' };
    const events: RunEvent[] = [];
    const options = { shots: 0, maxNewTokens: 4, onEvent: (event: RunEvent) => events.push(event) };
    // A prompt longer than the window loses its beginning.
    const { report } = await outcomesOf(gsm8k, [short, long, short], options);
    expect(report).toMatchObject({ n: 3, truncated: 1, skipped: 0 });
    const sentences = ['good', '', 'fine', 'z'.repeat(999)].map((text) => ({
      sentence_good: text,
      sentence_bad: 'b',
      UID: 'x',
    }));
    const blimps = await outcomesOf(blimp, sentences, { onEvent: (event) => events.push(event) });
    expect(blimps.outcomes.map(({ index }) => index)).toEqual([0, 2]);
    expect(blimps.report.skippedRows).toMatchObject([
      { index: 1, reason: 'empty' },
      { index: 3, reason: 'too-long' },
    ]);
    const warning = events.find(({ type }) => type === 'warning');
    expect(warning).toMatchObject({ code: 'model/evaluation-rows-left-out' });
    expect(JSON.stringify(warning)).toMatch(
      /2 of 4 rows were left out: 1 empty \(row 1: .*1 too-long \(row 3/,
    );
  });

  test.each([
    ['rows', 0],
    ['batchTokens', Number.NaN],
    ['shots', -1],
    ['maxNewTokens', 1.5],
    ['bosToken', 257],
  ])('%s %d is refused by name', async (option, value) => {
    await expect(outcomesOf(blimp, [], { [option]: value })).rejects.toMatchObject({
      code: 'core/option-invalid',
      details: { option },
    });
  });

  test('what cannot be asked is an error that says where', async () => {
    const refuse = async (
      task: EvaluationTask,
      row: unknown,
      message: string,
      options: EvaluateOptions = {},
    ): Promise<void> => {
      await expect(outcomesOf(task, [row], options)).rejects.toThrow(message);
    };
    await refuse(
      blimp,
      { sentence_good: 'a' },
      'row 0 is not a row of BLiMP: "sentence_bad" is undefined, not a text',
    );
    await refuse(blimp, 7, 'row 0 is not a row of BLiMP: it is 7');
    const [question] = fixture.tasks.mmlu.rows;
    await refuse(mmlu, { ...question, answer: 'E' }, '"answer" is "E", not a number from 0 to 3');
    await refuse(mmlu, { ...question, choices: ['a'] }, '1 choices, not four');
    await refuse(mmlu, question, 'shows 5 solved examples before each question, and there are 1 for "sums"', {
      examples: fixture.tasks.mmlu.examples.slice(2, 3),
    });
    await refuse(
      arc,
      { question: '?', choices: { text: ['a'], label: ['A'] }, answerKey: 'B' },
      '"answerKey" is "B", not one of A',
    );
    await refuse(hellaSwag, { ...fixture.tasks.hellaSwag.rows[0], label: '' }, '"label" is ""');
    await refuse(lambada, { text: 'word' }, 'does not end in a word');
    await refuse(gsm8k, fixture.tasks.gsm8k.rows[0], 'leaves no room', { shots: 0, maxNewTokens: 384 });
  });

  test('stops when asked to', async () => {
    const signal = AbortSignal.abort();
    await expect(outcomesOf(blimp, fixture.tasks.blimp.rows, { signal })).rejects.toThrow();
    await expect(outcomesOf(gsm8k, fixture.tasks.gsm8k.rows, { signal, shots: 0 })).rejects.toThrow();
  });

  test("ARC in AI2's own form is the same question", () => {
    const [row] = fixture.tasks.arc.rows;
    const choices = row!.choices.text.map((text, i) => ({ text, label: row!.choices.label[i] }));
    const other = { question: { stem: row!.question, choices }, answerKey: row!.answerKey };
    const read = (content: unknown) => arc.read(new RowReader(content, 'row 0', 'ARC'));
    expect(read(other)).toEqual(read(row));
  });

  test('an answer ends at its stop string, and at the end of the document', async () => {
    const said = [...tokenizer.encode(' 3+4\n#### 7'), 256, ...tokenizer.encode('#### 9 Question: #### 8')];
    const rows = [
      { question: 'a', answer: '#### 7' },
      { question: 'b', answer: '#### 9' },
    ];
    const written: (string | undefined)[] = [];
    const scripted: LanguageModel = {
      ...counting,
      generate: async (prompts, { onToken, signal }) => {
        for (const [row] of prompts.entries())
          for (const id of row === 0 ? said : said.slice(12)) {
            signal?.throwIfAborted();
            onToken?.(row, id, { logProbability: 0, top: [] });
          }
        throw new Error('nothing was asked to end');
      },
    };
    const report = await evaluate(scripted, tokenizer, gsm8k, rows, {
      shots: 0,
      maxNewTokens: 64,
      onItem: ({ text }) => written.push(text),
    });
    expect(written).toEqual([' 3+4\n#### 7', '#### 9 ']);
    expect(report.measures.strict!.mean).toBe(1);
  });
});
