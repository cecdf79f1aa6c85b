import { createWriteStream, writeFileSync, openSync, writeSync, closeSync } from 'node:fs';
import { blockFeatures, blockText, featureNames } from '../../../packages/data/src/extraction/block-features.js';
import { elementContext } from '../../../packages/data/src/extraction/element-context.js';
import { labelPage, type LabelledPage } from './labelled-pages.js';
import { folds, loadPages } from './real-pages.js';
import { kindProbabilities, kindTokens, pageKinds } from '../../../packages/data/src/extraction/page-kind.js';
import { learnKindWeights } from './kind-weights.js';
import { learnTokenWeights, type TokenWeights } from './token-weights.js';
const started = Date.now();
const say = (text: string): void => void process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)}s cpu ${(process.cpuUsage().user / 1e6).toFixed(1)} ${text}\n`);
const pages: LabelledPage[] = [];
for (const [set, weight] of [['html-wcxb', 1], ['html-readability', 0.5], ['html-goose', 0.4], ['html-defuddle', 0.3], ['html-trafilatura', 1]] as const) {
  for (const page of await loadPages(set)) {
    const labelled = labelPage(page, weight);
    if (labelled !== undefined) pages.push(labelled);
  }
  say(`${set} ${pages.length}`);
}
const dir = '/tmp/x';
const tokens: TokenWeights[] = [];
for (let fold = 0; fold < folds; fold++) tokens.push(learnTokenWeights(pages.filter((page) => page.page.fold !== fold)));
say('tokens');
const examples = pages.map((page) => ({ tokens: kindTokens(page.page.html, page.tree, page.blocks), kind: pageKinds.indexOf(page.page.type as never), weight: page.page.set === 'html-wcxb' ? 1 : page.page.set === 'html-defuddle' ? 0 : 0.02, fold: page.page.fold }));
const kindWeights: Float32Array[] = [];
for (let fold = 0; fold < folds; fold++) kindWeights.push(learnKindWeights(examples.filter((one) => one.fold !== fold && one.weight > 0)));
say('kinds');
const kinds = examples.map((one) => kindProbabilities(one.tokens, kindWeights[one.fold]!));
let right = 0, all = 0; const confusion: Record<string, number> = {};
pages.forEach((page, at) => { if (page.page.set !== 'html-wcxb') return; const best = pageKinds[kinds[at]!.indexOf(Math.max(...kinds[at]!))]!; all++; if (best === page.page.type) right++; else confusion[`${page.page.type}>${best}`] = (confusion[`${page.page.type}>${best}`] ?? 0) + 1; });
say(`kind accuracy ${right / all} ${JSON.stringify(confusion)}`);
const out = openSync(`${dir}/features.bin`, 'w');
const meta: unknown[] = [];
const labels: Float32Array[] = [];
const weights: Float32Array[] = [];
const words: number[][] = [];
const texts = createWriteStream(`${dir}/texts.jsonl`);
for (const [at, page] of pages.entries()) {
  const token = tokens[page.page.fold]!;
  const context = elementContext(page.tree, page.blocks, token.names);
  const { values } = blockFeatures(page.tree, page.blocks, context, token, kinds[at]!);
  writeSync(out, new Uint8Array(values.buffer, 0, values.byteLength));
  labels.push(page.labels);
  weights.push(page.weights);
  meta.push({ set: page.page.set, file: page.page.file, url: page.page.url, type: page.page.type, fold: page.page.fold, blocks: page.blocks.count, wantedTotal: page.wantedTotal, wanted: page.page.set === 'html-trafilatura' ? [] : [...page.wanted], words: page.page.set === 'html-trafilatura' ? page.words.map((w) => w.length) : page.words.map((w) => [...w]) });
  if (page.page.set === 'html-wcxb') texts.write(`${JSON.stringify({ file: page.page.file, truth: page.page.text, texts: Array.from({ length: page.blocks.count }, (_, b) => blockText(page.tree, page.blocks, b)), path: Array.from(page.blocks.element, (e) => `${page.tree.tag[e]}.${page.tree.cue[e]!.slice(0, 30)}<${page.tree.cue[page.tree.parent[e]!]?.slice(0, 30)}`) })}\n`);
}
closeSync(out);
const join = (list: Float32Array[]): Buffer => Buffer.concat(list.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)));
writeFileSync(`${dir}/labels.bin`, join(labels));
writeFileSync(`${dir}/weights.bin`, join(weights));
writeFileSync(`${dir}/meta.json`, JSON.stringify({ names: featureNames, pages: meta }));
say('done');
