/**
 * What a tuned model computes here, for open_tuned.py to compare: node --conditions=@llm/source --import tsx
 * tooling/oracles/assistant/tuned-logits.ts MODEL ADAPTER MERGED TEXT writes one JSON line: ids of the text,
 * and the logits of its last tokens by the model alone, with the adapter, and by the merged export.
 */
import { readModel } from '@llm/assistant/node';
import { createNodeExecutor } from '@llm/graph/node';
import { createTransformer } from '@llm/model';

const [model = '', adapter = '', merged = '', text = ''] = process.argv.slice(2);
const positions = 4;
const answers: Record<string, unknown> = {};
for (const [name, source, options] of [
  ['alone', model, {}],
  ['adapted', model, { adapter }],
  ['merged', merged, {}],
] as const) {
  const { config, parameters, tokenizer } = await readModel(source, options);
  const ids = Int32Array.from(tokenizer.encode(text));
  const transformer = await createTransformer({
    config,
    parameters,
    executor: createNodeExecutor({ threads: 2 }),
  });
  const logits = await transformer.logits({ rows: 1, columns: ids.length, inputs: ids });
  answers.ids = [...ids];
  answers[name] = [...logits.subarray((ids.length - positions) * config.vocabularySize)];
  await transformer.dispose();
}
process.stdout.write(`${JSON.stringify(answers)}\n`);
