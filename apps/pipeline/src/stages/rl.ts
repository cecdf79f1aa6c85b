/**
 * RL: the fine-tuned model practises tasks whose answers can be checked, with the calculator at hand (GRPO).
 * The control runs the same loop from the same model with a coin as the reward: it must not get better. Both
 * pay for the distance from where they start, or chance alone moves them far.
 */
import type { TaskSet } from '@llm/core';
import { adamW } from '@llm/model';
import { calculator, clippedPolicyGradient, evaluateTasks, randomRewardControl, trainPolicy } from '@llm/rl';
import { chatTool } from '../chat/own-tools.js';
import { taskSetOf } from '../material/task-set.js';
import { openModel } from '../models/open-model.js';
import { answerPrompts, samplePrompts } from '../models/samples.js';
import type { PipelineOptions } from '../options.js';
import { keepRollouts } from '../rollouts/keep-rollouts.js';
import type { Stage } from '../run/stage-engine.js';
import { formatPercent } from '../terminal/format.js';
import type { RlSummary } from './summaries.js';
import { trainedStage } from './trained-stage.js';

export function rlStage(options: PipelineOptions): Stage<RlSummary> {
  return practiceStage(options, 'rl', 'practice on tasks with checkable answers (GRPO)', (tasks) => tasks);
}

export function controlStage(options: PipelineOptions): Stage<RlSummary> {
  return practiceStage(options, 'control', 'the same practice with random rewards', (tasks) =>
    randomRewardControl(tasks, options.seed),
  );
}

type Measured = {
  readonly accuracy: number;
  readonly interval: readonly [number, number];
  readonly n: number;
  readonly toolCallRate: number;
  readonly formatValid: number;
  readonly sampledAccuracy: number;
};

function practiceStage(
  options: PipelineOptions,
  name: 'rl' | 'control',
  title: string,
  rewards: (tasks: TaskSet) => TaskSet,
): Stage<RlSummary> {
  const { seed, threads, rl: training } = options;
  const prompts = samplePrompts(options);
  return trainedStage<RlSummary, Measured>({
    name,
    title,
    needs: ['sft'],
    settings: { seed, threads, ...training, ...options.tasks, prompts },
    begin: async ({ store, signal, onEvent }) => {
      const tasks = rewards(taskSetOf(options));
      const { klCoefficient } = training;
      const opened = await openModel(store, 'sft', {
        threads,
        seed,
        objective: clippedPolicyGradient({ klCoefficient }),
        // A short memory, no decay, and an epsilon above the gradient itself (0.3 over 1.4 million numbers is
        // 0.00025 each): without it a step over chance alone is as long as one over what pays.
        optimizer: adamW({ betas: [0.9, 0.95], weightDecay: 0, epsilon: 1e-3 }),
        memory: 'compact',
      });
      const { model, renderer } = opened;
      const { steps, promptsPerStep, samplesPerPrompt, maxNewTokens, heldOutTasks, saveEvery } = training;
      return {
        opened,
        steps,
        measure: async () => {
          const { accuracy, interval, n, toolCallRate, formatValid, passAtK } = await evaluateTasks({
            model,
            renderer,
            tasks,
            tools: [calculator],
            limit: heldOutTasks,
            samples: 8,
            sampledTasks: Math.ceil(heldOutTasks / 8),
            maxNewTokens,
            signal,
            onEvent,
          });
          return { accuracy, interval, n, toolCallRate, formatValid, sampledAccuracy: passAtK[1] ?? 0 };
        },
        metrics: ({ accuracy, toolCallRate }) => ({ accuracy, tool_call_rate: toolCallRate }),
        train: async (hooks) => {
          // Where it starts from, which the policy is not to leave far behind.
          const reference =
            klCoefficient > 0 ? (await openModel(store, 'sft', { threads, seed })).model : undefined;
          try {
            await trainPolicy({
              ...hooks,
              policy: model,
              reference,
              renderer,
              tasks,
              tools: [calculator],
              steps,
              promptsPerStep,
              samplesPerPrompt,
              maxNewTokens,
              // Few shapes: each is compiled when it first occurs.
              columnMultiple: 64,
              schedule: {
                shape: 'trapezoid',
                peak: training.learningRate,
                warmUpSteps: Math.min(3, steps),
                warmDownShare: 0.5,
                finalShare: 0.02,
              },
              seed,
              saveEvery,
              onRollouts: keepRollouts({
                ...{ store, stage: name, tokenizer: opened.tokenizer, rewardName: tasks.name },
                ...{ steps, promptsPerStep, samplesPerPrompt, maxNewTokens },
              }),
            });
          } finally {
            await reference?.dispose();
          }
        },
        samples: () => answerPrompts(opened, prompts, [chatTool(calculator)], signal),
        summarize: ({ before, after, samples }) => ({
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
        }),
      };
    },
    headline: ({ accuracyBefore, accuracyAfter, n }) =>
      `accuracy ${formatPercent(accuracyBefore)} → ${formatPercent(accuracyAfter)} on ${n} held-out prompts`,
  });
}
