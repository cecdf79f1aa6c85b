/** The base model: next-token prediction on the kept text, measured in bits per byte on held-out documents. */
import { emit } from '@llm/core';
import { createModelConfig, createTransformer, type ModelConfig, muon, pretrain } from '@llm/model';
import { bitsPerByte } from '@llm/model/evaluation';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatMetric } from '../terminal/format.js';
import { readCorpus } from './corpus.js';
import { executorWith, openLanguage } from './open-model.js';
import { continueTexts, samplePrompts } from './samples.js';
import type { PretrainSummary } from './summaries.js';
import {
  deleteCheckpoints,
  saveFinishedModel,
  type TrainingRun,
  trainWithCheckpoints,
} from './training-run.js';

export function pretrainStage(options: PipelineOptions): Stage {
  const { seed, threads, model: size, pretrain: training } = options;
  const prompts = samplePrompts(options);
  return {
    name: 'base',
    title: 'next-token prediction on the kept text',
    needs: ['data', 'tokenizer'],
    settings: { seed, threads, ...size, ...training, prompts },
    run: async (context) => {
      const { store, signal, onEvent, remember } = context;
      const corpus = await readCorpus(store, training);
      const { tokenizer, tokenizerJson } = await openLanguage(store);
      const config = modelConfig(options, tokenizer.vocabularySize);
      const model = await createTransformer({
        config,
        executor: executorWith(threads),
        optimizer: muon(),
        seed,
      });
      try {
        const measure = async (step: number): Promise<number> => {
          const columns = Math.min(training.columns, size.contextLength);
          const value = await bitsPerByte(model, tokenizer, corpus.heldOut, { columns, signal });
          emit(onEvent, { type: 'metric', stage: 'pretrain', step, values: { bits_per_byte: value } });
          return value;
        };
        const before = await remember('bits-per-byte-0', () => measure(0));
        const { steps, rows, columns } = training;
        const tokens = corpus.training.map((text) => tokenizer.encode(text));
        const run: TrainingRun = {
          context,
          stage: 'base',
          model,
          config,
          tokenizerJson,
          steps,
          train: async (onCheckpoint) => {
            // In parts, to measure in between; each measurement is remembered, so a resumed run repeats none.
            for (const end of milestones(steps)) {
              await pretrain({
                model,
                tokens,
                tokenizer,
                steps: end,
                rows,
                columns,
                schedule: {
                  shape: 'trapezoid',
                  peak: training.learningRate,
                  steps,
                  warmUpSteps: Math.ceil(steps / 50),
                },
                seed,
                saveEvery: training.saveEvery,
                onCheckpoint,
                signal,
                onEvent: (event) => onEvent(event.type === 'progress' ? { ...event, total: steps } : event),
              });
              await remember(`bits-per-byte-${end}`, () => measure(end));
            }
          },
        };
        await trainWithCheckpoints(run);
        const after = await remember(`bits-per-byte-${steps}`, () => measure(steps));
        const samples = await remember('samples', () => continueTexts(model, tokenizer, prompts, signal));
        await saveFinishedModel(run, { stage: 'base', bitsPerByte: after });
        const summary: PretrainSummary = {
          parameters: model.parameterCount,
          steps,
          corpusTokens: tokens.reduce((sum, { length }) => sum + length + 1, 0),
          trainedTokens: steps * rows * columns,
          heldOutDocuments: corpus.heldOut.length,
          bitsPerByteBefore: before,
          bitsPerByteAfter: after,
          samples,
        };
        return summary;
      } finally {
        await model.dispose();
      }
    },
    cleanUp: (directory) => deleteCheckpoints(directory, 'base'),
    headline: (summary) => {
      const { bitsPerByteBefore, bitsPerByteAfter } = summary as PretrainSummary;
      return `held-out bits per byte ${formatMetric(bitsPerByteBefore)} → ${formatMetric(bitsPerByteAfter)}`;
    },
  };
}

/** Steps at which the held-out text is measured: quarters, ascending. */
function milestones(steps: number): number[] {
  return [...new Set([1, 2, 3, 4].map((quarter) => Math.ceil((steps * quarter) / 4)))];
}

function modelConfig({ model }: PipelineOptions, vocabularySize: number): ModelConfig {
  const { depth, width, contextLength } = model;
  // Narrow heads keep several of them in a narrow model.
  const sizes = width === null ? {} : { width, headWidth: 32 };
  return createModelConfig({ depth, ...sizes, contextLength, vocabularySize });
}
