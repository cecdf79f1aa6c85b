/** The stages of a run in order. With input of one's own there is nothing to crawl. */
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { capturesStage } from './captures.js';
import { crawlStage } from './crawl.js';
import { dataStage } from './data.js';
import { pretrainStage } from './pretrain.js';
import { controlStage, rlStage } from './rl.js';
import { sftStage } from './sft.js';
import { tokenizerStage } from './tokenizer.js';

export function pipelineStages(options: PipelineOptions): Stage[] {
  const { input, seed } = options;
  return [
    ...(input.kind === 'miniweb' ? [crawlStage(seed, input.pages)] : []),
    ...(input.kind === 'captures' ? [capturesStage(input)] : []),
    dataStage(options),
    tokenizerStage(options),
    pretrainStage(options),
    sftStage(options),
    rlStage(options),
    controlStage(options),
  ];
}
