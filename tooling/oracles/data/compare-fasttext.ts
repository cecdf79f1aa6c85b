/**
 * Labels and scores of our reader beside those that `fasttext_models.py` recorded:
 *
 *     node --import tsx --conditions=@llm/source tooling/oracles/data/compare-fasttext.ts DIRECTORY
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadFastTextModel } from '../../../packages/data/src/node/language/load-fasttext-model.js';

const [directory = '.'] = process.argv.slice(2);
const { tests, models } = JSON.parse(readFileSync(join(directory, 'cases.json'), 'utf8')) as {
  readonly tests: readonly string[];
  readonly models: readonly {
    readonly file: string;
    readonly rows: readonly (readonly [string, number])[][];
  }[];
};

for (const { file, rows } of models) {
  const started = performance.now();
  const { model } = await loadFastTextModel(join(directory, file));
  const loaded = performance.now();
  let [labels, named, furthest, tied] = [0, 0, 0, 0];
  for (const [at, expected] of rows.entries()) {
    const line = tests[at]!;
    const { label, score } = model.predict(line);
    const [first, second] = expected;
    if (first === undefined) continue;
    named++;
    furthest = Math.max(furthest, Math.abs(score - Math.min(1, first[1])));
    if (label === first[0]) labels++;
    else if (first[1] - (second?.[1] ?? 0) < 1e-6) tied++;
    const all = model.scores(line);
    for (const [name, expectedScore] of expected)
      furthest = Math.max(furthest, Math.abs(all[model.labels.indexOf(name)]! - Math.min(1, expectedScore)));
  }
  process.stdout.write(
    `${file}: ${model.labels.length} labels, ${labels} of ${named} lines the same label (${tied} ties), scores within ${furthest.toExponential(1)}; ` +
      `loaded in ${Math.round(loaded - started)} ms, ${Math.round((rows.length * 1000) / (performance.now() - loaded))} lines/s\n`,
  );
}
