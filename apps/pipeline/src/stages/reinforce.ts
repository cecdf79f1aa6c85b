/**
 * RL: the fine-tuned model practises tasks whose answers can be checked, with the calculator at hand (GRPO). The
 * control runs the same loop from the same model with a coin as the reward: it must not get better.
 */
import { emit, type TaskSet } from '@llm/core';
import { adamW } from '@llm/model';
import {
  calculator,
  clippedPolicyGradient,
  evaluateTasks,
  randomRewardControl,
  type TaskReport,
  trainPolicy,
} from '@llm/rl';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatPercent } from '../terminal/format.js';
import { openModel } from './open-model.js';
import { answerPrompts, samplePrompts } from './samples.js';
import type { RlSummary } from './summaries.js';
import { taskSetOf } from './task-set.js';
import {
  deleteCheckpoints,
  saveFinishedModel,
  type TrainingRun,
  trainWithCheckpoints,
} from './training-run.js';

export function rlStage(options: PipelineOptions): Stage {
  return reinforceStage(options, 'rl', 'practice on tasks with checkable answers (GRPO)', (tasks) => tasks);
}

export function controlStage(options: PipelineOptions): Stage {
  return reinforceStage(options, 'control', 'the same practice with random rewards', (tasks) =>
    randomRewardControl(tasks, options.seed),
  );
}

function reinforceStage(
  options: PipelineOptions,
  name: 'rl' | 'control',
  title: string,
  rewards: (tasks: TaskSet) => TaskSet,
): Stage {
  const { seed, threads, rl: training } = options;
  const prompts = samplePrompts(options);
  return {
    name,
    title,
    needs: ['sft'],
    settings: { seed, threads, ...training, ...options.tasks, prompts },
    run: async (context) => {
      const { store, signal, onEvent, remember } = context;
      const tasks = rewards(taskSetOf(options));
      const opened = await openModel(store, 'sft', {
        threads,
        seed,
        objective: clippedPolicyGradient(),
        // A short memory and no decay: the gradient is noise but for the few answers that differ.
        optimizer: adamW({ betas: [0.9, 0.95], weightDecay: 0 }),
      });
      const { model, renderer, config, tokenizerJson } = opened;
      try {
        const { steps, promptsPerStep, samplesPerPrompt, maxNewTokens } = training;
        const measure = async (step: number): Promise<Measured> => {
          const report = await evaluateTasks({
            model,
            renderer,
            tasks,
            tools: [calculator],
            limit: training.heldOutTasks,
            samples: 8,
            sampledTasks: Math.ceil(training.heldOutTasks / 8),
            maxNewTokens,
            signal,
            onEvent,
          });
          const { accuracy, toolCallRate } = report;
          emit(onEvent, { type: 'metric', stage: 'rl', step, values: { accuracy, tool_call_rate: toolCallRate } });
          return measured(report);
        };
        const before = await remember('before', () => measure(0));
        const run: TrainingRun = {
          context,
          stage: name,
          model,
          config,
          tokenizerJson,
          steps,
          train: (onCheckpoint) =>
            trainPolicy({
              policy: model,
              renderer,
              tasks,
              tools: [calculator],
              steps,
              promptsPerStep,
              samplesPerPrompt,
              maxNewTokens,
              // One shape for all steps: every further one would hold working memory of its own.
              columnMultiple: 64,
              schedule: {
                shape: 'trapezoid',
                peak: training.learningRate,
                warmUpSteps: Math.min(3, steps),
                warmDownShare: 0.5,
                finalShare: 0.02,
              },
              seed,
              saveEvery: training.saveEvery,
              onCheckpoint,
              signal,
              onEvent,
            }),
        };
        await trainWithCheckpoints(run);
        const after = await remember('after', () => measure(steps));
        const samples = await remember('samples', () => answerPrompts(opened, prompts, [calculator], signal));
        await saveFinishedModel(run, { stage: name });
        const summary: RlSummary = {
          tasks: tasks.name,
          steps,
          accuracyBefore: before.accuracy,
          accuracyAfter: after.accuracy,
          sampledAccuracyBefore: before.sampledAccuracy,
          sampledAccuracyAfter: after.sampledAccuracy,
          n: after.n,
          intervalBefore: before.interval,
          intervalAfter: after.interval,
          toolCallRateBefore: before.toolCallRate,
          toolCallRateAfter: after.toolCallRate,
          formatValidAfter: after.formatValid,
          samples,
        };
        return summary;
      } finally {
        await model.dispose();
      }
    },
    cleanUp: (directory) => deleteCheckpoints(directory, name),
    headline: (summary) => {
      const { accuracyBefore, accuracyAfter, n } = summary as RlSummary;
      return `accuracy ${formatPercent(accuracyBefore)} → ${formatPercent(accuracyAfter)} on ${n} held-out prompts`;
    },
  };
}

type Measured = {
  readonly accuracy: number;
  readonly interval: readonly [number, number];
  readonly n: number;
  readonly toolCallRate: number;
  readonly formatValid: number;
  readonly sampledAccuracy: number;
};

function measured({ accuracy, interval, n, toolCallRate, formatValid, passAtK }: TaskReport): Measured {
  return { accuracy, interval, n, toolCallRate, formatValid, sampledAccuracy: passAtK[1] ?? 0 };
}
