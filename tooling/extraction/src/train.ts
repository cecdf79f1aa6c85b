/**
 * Trains the block model of `@llm/data` on the real pages with known text and writes its weights.
 *
 *     node --max-old-space-size=6000 --conditions=@llm/source --import tsx tooling/extraction/src/train.ts
 *         [--folds DIR] [--benchmark DIR] [--trees 100] [--leaves 16] [--rate 0.12]
 *
 * `--benchmark`: a clone of the benchmark's repository, for the development pages that shared data does not
 * hold (benchmark-pages.ts). The weights that are shipped were trained with it.
 *
 * With `--folds` it writes a model for each of five folds of hosts, too, which
 * never saw the pages of the fold; `score.ts --folds DIR` judges each page with the
 * model that does not know it. What a block learns from words is a feature of the
 * trees: the trees are trained on word weights that were learned on other hosts.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { blockFeatures, featureNames } from '../../../packages/data/src/extraction/block-features.js';
import { elementContext } from '../../../packages/data/src/extraction/element-context.js';
import { kindProbabilities, kindTokens, pageKinds } from '../../../packages/data/src/extraction/page-kind.js';
import { benchmarkPages } from './benchmark-pages.js';
import { growTrees } from './grow-trees.js';
import { learnKindWeights } from './kind-weights.js';
import { type LabelledPage, labelPage } from './labelled-pages.js';
import { packModel } from './pack-model.js';
import { plainPage } from './plain-pages.js';
import { folds, loadPages } from './real-pages.js';
import { learnTokenWeights } from './token-weights.js';

const { values: options } = parseArgs({
  options: {
    folds: { type: 'string' },
    benchmark: { type: 'string' },
    trees: { type: 'string', default: '100' },
    leaves: { type: 'string', default: '16' },
    rate: { type: 'string', default: '0.12' },
  },
});
/** How much a page of each set weighs; those of the benchmark name their kind, too. */
const sets = [
  ['html-wcxb', 1, 1],
  ['html-readability', 0.5, 0.02],
  ['html-goose', 0.4, 0.02],
  ['html-defuddle', 0.3, 0],
  ['html-trafilatura', 1, 0.02],
  ['wcxb-dev', 1, 1],
] as const;
/** Of the benchmark's other pages so many give one plain page. */
const plainEvery = 3;
/** Of a page with more blocks every second, third, … teaches, with as many times its weight. */
const mostBlocks = 400;

interface Example extends LabelledPage {
  readonly kindWeight: number;
  readonly tokens: readonly number[];
}

const say = (text: string): void => void process.stderr.write(`${process.uptime().toFixed(0)} s  ${text}\n`);
const pages: Example[] = [];
const inShared = new Set((await loadPages('html-wcxb')).map((page) => page.file));
for (const [set, weight, kindWeight] of sets) {
  const clone = set === 'wcxb-dev' ? options.benchmark : undefined;
  for (const page of clone === undefined ? await loadPages(set) : benchmarkPages(clone, inShared)) {
    const labelled = labelPage(page, weight);
    if (labelled === undefined) continue;
    pages.push({ ...labelled, kindWeight, tokens: kindTokens(page.html, labelled.tree, labelled.blocks) });
  }
  say(`${set}: ${pages.length} pages so far`);
}
for (const [at, source] of pages.slice().entries()) {
  if (source.page.set === 'wcxb-dev' && at % plainEvery !== 0) continue;
  const page = plainPage(source, at);
  const labelled = page === undefined ? undefined : labelPage(page, 0.25);
  if (page === undefined || labelled === undefined) continue;
  pages.push({ ...labelled, kindWeight: 0, tokens: kindTokens(page.html, labelled.tree, labelled.blocks) });
}
say(`with plain pages: ${pages.length}`);

/** Weights of words and signs, from the pages of all folds but one (−1: of all). */
function learnWords(without: number) {
  const known = pages.filter((page) => page.page.fold !== without);
  const examples = known
    .filter((page) => page.kindWeight > 0)
    .map((page) => ({
      tokens: page.tokens,
      kind: pageKinds.indexOf(page.page.type as (typeof pageKinds)[number]),
      weight: page.kindWeight,
    }));
  return { ...learnTokenWeights(known), kinds: learnKindWeights(examples) };
}

const words = new Map(Array.from({ length: folds + 1 }, (_, at) => [at - 1, learnWords(at - 1)]));
say('words are learned');
const columns = featureNames.length;
const features = pages.map((page) => {
  const known = words.get(page.page.fold)!;
  const context = elementContext(page.tree, page.blocks, known.names);
  const kinds = kindProbabilities(page.tokens, known.kinds);
  const { write } = blockFeatures(page.tree, page.blocks, context, known, kinds);
  const values = new Float32Array(page.blocks.count * columns);
  write(0, page.blocks.count, values);
  return values;
});
say('features are computed');

function train(without: number): Uint8Array {
  // Blocks of weight 0 teach nothing.
  const rows: [number, number, number][] = [];
  for (const [at, page] of pages.entries()) {
    if (page.page.fold === without) continue;
    const taught: number[] = [];
    for (let block = 0; block < page.blocks.count; block++) if (page.weights[block]! > 0) taught.push(block);
    const every = Math.max(1, Math.ceil(taught.length / mostBlocks));
    for (let index = 0; index < taught.length; index += every) rows.push([at, taught[index]!, every]);
  }
  const values = new Float32Array(rows.length * columns);
  const labels = new Float32Array(rows.length);
  const weights = new Float32Array(rows.length);
  for (const [row, [at, block, every]] of rows.entries()) {
    values.set(features[at]!.subarray(block * columns, (block + 1) * columns), row * columns);
    labels[row] = pages[at]!.labels[block]!;
    weights[row] = every * pages[at]!.weights[block]!;
  }
  const trees = growTrees(values, columns, labels, weights, {
    trees: Number(options.trees),
    leaves: Number(options.leaves),
    rate: Number(options.rate),
    lambda: 5,
    least: 5,
    columnShare: 0.5,
    seed: 1,
  });
  return packModel(words.get(without)!, trees);
}

{
  const packed = Buffer.from(train(-1)).toString('base64');
  const lines = packed.match(/.{1,104}/g) ?? [];
  const target = new URL('../../../packages/data/src/extraction/block-model-weights.ts', import.meta.url);
  writeFileSync(
    target,
    '/** Written by tooling/extraction/src/train.ts; read by block-model.ts. Numbers only, in base64. */\n' +
      `export const blockModelWeights =\n${lines.map((line) => `  '${line}'`).join(' +\n')};\n`,
  );
  say(`${packed.length} characters written`);
}
if (options.folds !== undefined) {
  mkdirSync(options.folds, { recursive: true });
  for (let fold = 0; fold < folds; fold++) {
    writeFileSync(`${options.folds}/fold-${fold}.bin`, train(fold));
    say(`fold ${fold} is trained`);
  }
}
