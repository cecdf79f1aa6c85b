/**
 * Asks a model with random weights real questions, and leaves model, questions and answers for
 * lm_eval_scores.py to ask again in lm-evaluation-harness:
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/model/compare-evaluation.ts BLIMP.jsonl MMLU.jsonl GSM8K.jsonl DIRECTORY
 *     python tooling/oracles/model/lm_eval_scores.py DIRECTORY
 *
 * The files are the published rows; MMLU's say their `split` (`dev` rows are the examples).
 */
import { readFile, writeFile } from 'node:fs/promises';
import { createRandom } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, initialParameters } from '@llm/model';
import { blimp, type EvaluationTask, evaluate, gsm8k, type ItemOutcome, mmlu } from '@llm/model/evaluation';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { toTokenizerJson, trainTokenizer } from '@llm/tokenizer';

const [blimpFile = '', mmluFile = '', gsm8kFile = '', directory = ''] = process.argv.slice(2);
type Row = Record<string, unknown>;
const read = async (file: string): Promise<Row[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .flatMap((line) => (line === '' ? [] : (JSON.parse(line) as Row)));
/** Spread over the file, so that every group occurs. */
const some = (rows: readonly Row[], count: number): Row[] =>
  Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]!);

const pairs = await read(blimpFile);
const questions = await read(mmluFile);
const problems = await read(gsm8kFile);
const texts = [...pairs, ...questions, ...problems].map((row) => String(row.sentence_good ?? row.question));
const tokenizer = await trainTokenizer(texts, { vocabularySize: 2048, specialTokens: ['<|bos|>'] });
const bosToken = tokenizer.specialTokens.get('<|bos|>')!;
const config = createModelConfig({
  vocabularySize: tokenizer.vocabularySize,
  contextLength: 1024,
  depth: 2,
  width: 64,
  heads: 4,
});
const parameters = initialParameters(config, 1);
// A new model is nearly indifferent: larger weights give it opinions.
for (const [name, { data }] of parameters) {
  const random = createRandom(1, name);
  if (/o_proj|down_proj|lm_head/.test(name))
    for (let i = 0; i < data.length; i++) data[i] = 0.3 * random.normal();
}
const store = new DirectoryStore(directory);
await exportHuggingFace(store, 'model', {
  config,
  parameters,
  specialTokens: { bos: bosToken, eos: bosToken },
  tokenizerFiles: { 'tokenizer.json': toTokenizerJson(tokenizer) },
});

const dev = questions.filter(({ split }) => split === 'dev');
// The harness takes long to begin a subject.
const subjects = [...new Set(questions.map(({ subject }) => subject))].slice(0, 8);
const validation = questions.filter(({ split, subject }) => split !== 'dev' && subjects.includes(subject));
const asked: Record<
  string,
  { task: EvaluationTask; rows: Row[]; examples: Row[]; shots: number; newTokens: number }
> = {
  blimp: { task: blimp, rows: some(pairs, 340), examples: [], shots: 0, newTokens: 0 },
  mmlu: { task: mmlu, rows: some(validation, 120), examples: dev, shots: 5, newTokens: 0 },
  gsm8k: {
    task: gsm8k,
    rows: some(problems.slice(100), 16),
    examples: problems.slice(0, 2),
    shots: 2,
    newTokens: 32,
  },
};
const model = await createTransformer({ config, parameters, executor: createNodeExecutor() });
const results: Record<string, unknown> = {};
for (const [name, { task, rows, examples, shots, newTokens }] of Object.entries(asked)) {
  const outcomes: ItemOutcome[] = [];
  const start = process.cpuUsage();
  const report = await evaluate(model, tokenizer, task, rows, {
    examples,
    shots,
    ...(newTokens > 0 ? { maxNewTokens: newTokens } : {}),
    onItem: (outcome) => outcomes.push(outcome),
  });
  const { user } = process.cpuUsage(start);
  process.stdout.write(
    `${name}: ${rows.length} rows, ${report.truncated} cut, ${(user / 1e6).toFixed(1)} s of processor time\n`,
  );
  results[name] = { report, outcomes };
}
await writeFile(`${directory}/ours.json`, JSON.stringify(results));
await writeFile(
  `${directory}/tasks.json`,
  JSON.stringify(
    Object.fromEntries(
      Object.entries(asked).map(([name, { rows, examples, shots, newTokens }]) => [
        name,
        { kind: name, rows, examples, shots, newTokens },
      ]),
    ),
  ),
);
