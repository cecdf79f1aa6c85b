/**
 * The base model: next-token prediction on the kept text, measured in bits per byte on held-out documents.
 */
import { emit } from '@llm/core';
import type { LearningRateSchedule } from '@llm/core/training';
import {
  copyingStart,
  createModelConfig,
  createTransformer,
  hasCheckpoint,
  type ModelConfig,
  pretrain,
} from '@llm/model';
import { bitsPerByte } from '@llm/model/evaluation';
import { type BaseClaims, measureBase } from '../claims/base-claims.js';
import { isInvented } from '../material/checkable-questions.js';
import { readCorpus } from '../material/corpus.js';
import { executorWith, openLanguage } from '../models/open-model.js';
import { continueTexts, samplePrompts } from '../models/samples.js';
import { checkpointPrefix } from '../models/stage-checkpoints.js';
import { trainingOptimizer } from '../models/training-optimizer.js';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatMetric } from '../terminal/format.js';
import type { PretrainSummary } from './summaries.js';
import { trainedStage } from './trained-stage.js';

export function pretrainStage(options: PipelineOptions): Stage<PretrainSummary> {
  const { seed, threads, model: size, pretrain: training } = options;
  const prompts = samplePrompts(options);
  const questions = isInvented(options) ? options.claims.questions : 0;
  const stage = 'pretrain';
  return trainedStage<PretrainSummary, number, BaseClaims>({
    name: stage,
    title: 'next-token prediction on the kept text',
    needs: ['data', 'tokenizer'],
    settings: { seed, threads, ...size, ...training, prompts, questions },
    begin: async ({ store, signal, onEvent }) => {
      const corpus = await readCorpus(store, training);
      const language = await openLanguage(store);
      const { tokenizer } = language;
      const config = modelConfig(options, tokenizer.vocabularySize);
      const { steps, rows, columns, saveEvery, copyingSteps, copyingShare, inputNoise } = training;
      const executor = executorWith(threads);
      const parameters =
        copyingSteps === 0 || (await hasCheckpoint(store, checkpointPrefix(stage)))
          ? undefined
          : await copyingStart({
              ...{ config, executor, tokenizer, seed, steps: copyingSteps },
              ...{ stage, signal, onEvent },
            });
      const model = await createTransformer({
        ...{ config, executor, parameters, seed },
        optimizer: trainingOptimizer(training.weightDecay),
      });
      const tokens = corpus.training.map((text) => tokenizer.encode(text));
      const corpusTokens = tokens.reduce((sum, { length }) => sum + length + 1, 0);
      const trainedTokens = steps * rows * columns;
      const warning = readOften(trainedTokens / corpusTokens, inputNoise);
      if (warning !== undefined) emit(onEvent, { type: 'warning', stage, ...warning });
      const opened = { ...language, model, config };
      return {
        opened,
        steps,
        measure: () =>
          bitsPerByte(model, tokenizer, corpus.heldOut, {
            columns: Math.min(columns, size.contextLength),
            signal,
          }),
        metrics: (bits) => ({ bits_per_byte: bits }),
        train: (hooks) =>
          pretrain({
            ...hooks,
            model,
            tokens,
            tokenizer,
            steps,
            rows,
            columns,
            copyingShare,
            inputNoise,
            schedule: pretrainSchedule(training),
            seed,
            saveEvery,
            evaluateEvery: Math.ceil(steps / 4),
          }),
        samples: () => continueTexts(opened, prompts, signal),
        claims: async () =>
          questions === 0 ? null : measureBase({ model, tokenizer, seed, count: questions, signal }),
        metadata: (bits) => ({ bitsPerByte: bits }),
        summarize: ({ before, after, samples, claims }) => ({
          parameters: model.parameterCount,
          steps,
          corpusTokens,
          trainedTokens,
          heldOutDocuments: corpus.heldOut.length,
          bitsPerByteBefore: before,
          bitsPerByteAfter: after,
          samples,
          claims,
        }),
      };
    },
    headline: ({ bitsPerByteBefore, bitsPerByteAfter }) =>
      `held-out bits per byte ${formatMetric(bitsPerByteBefore)} → ${formatMetric(bitsPerByteAfter)}`,
  });
}

/**
 * What is to be said of a text that is read `times` times. Up to four readings are nearly as good as new text
 * (Muennighoff et al. 2023, "Scaling Data-Constrained Language Models").
 */
function readOften(times: number, inputNoise: number): { code: string; message: string } | undefined {
  if (times <= 4 || inputNoise > 0) return undefined;
  return {
    code: 'pipeline/text-read-often',
    message: `The text is read ${times.toFixed(1)} times and may be learnt by heart: give more of it, fewer steps (--pretrain-steps), or --input-noise 0.1.`,
  };
}

/** With it and the optimizer a run goes on elsewhere as it would here: see `handOnRun`. */
export function pretrainSchedule({ steps, learningRate }: PipelineOptions['pretrain']): LearningRateSchedule {
  return { shape: 'trapezoid', peak: learningRate, warmUpSteps: Math.ceil(steps / 50) };
}

export function modelConfig({ model }: PipelineOptions, vocabularySize: number): ModelConfig {
  const { depth, width, contextLength } = model;
  // Narrow heads keep several of them in a narrow model.
  const sizes = width === null ? {} : { width, headWidth: 32 };
  return createModelConfig({ depth, ...sizes, contextLength, vocabularySize });
}
