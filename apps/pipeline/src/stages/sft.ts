/** SFT: the base model learns from conversations to answer, to stop, and to call its calculator. */
import { emit } from '@llm/core';
import { muon } from '@llm/model';
import { calculator, createToolCaller } from '@llm/rl';
import { evaluateChat, fineTune, heldOutLoss } from '@llm/sft';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatPercent } from '../terminal/format.js';
import { loadConversations } from './conversations.js';
import { openModel } from './open-model.js';
import { answerPrompts, samplePrompts } from './samples.js';
import type { SftSummary } from './summaries.js';
import { trainedStage } from './trained-stage.js';

type Measured = { readonly formatValid: number; readonly loss: number };

export function sftStage(options: PipelineOptions): Stage<SftSummary> {
  const { seed, threads, sft: training } = options;
  const prompts = samplePrompts(options);
  return trainedStage<SftSummary, Measured>({
    name: 'sft',
    title: 'supervised fine-tuning on conversations',
    needs: ['pretrain'],
    settings: {
      seed,
      threads,
      ...training,
      ...options.tasks,
      files: options.conversations.map((file) => ({ ...file })),
      prompts,
    },
    begin: async ({ store, signal, onEvent }) => {
      const { training: conversations, heldOut, skipped } = await loadConversations(options, onEvent);
      for (const message of skipped.slice(0, 100))
        emit(onEvent, { type: 'warning', stage: 'sft', code: 'sft/line-skipped', message });
      const opened = await openModel(store, 'pretrain', { threads, seed, optimizer: muon() });
      const { model, renderer } = opened;
      const { steps, rows, columns, saveEvery } = training;
      const chatPrompts = heldOut.map(({ messages }) => {
        const first = messages.findIndex(({ role }) => role === 'assistant');
        return { conversation: { messages: messages.slice(0, first) } };
      });
      return {
        opened,
        steps,
        measure: async () => {
          const group = Math.min(64, chatPrompts.length);
          const { formatValid } = await evaluateChat({
            model,
            renderer,
            prompts: chatPrompts,
            rows: group,
            forceTokens: createToolCaller(renderer, [calculator], group).forceTokens,
            signal,
            onEvent: (event) => void (event.type === 'progress' && onEvent(event)),
          });
          const { loss } = await heldOutLoss({ model, renderer, conversations: heldOut, columns, signal });
          return { formatValid, loss };
        },
        metrics: ({ formatValid, loss }) => ({ eval_loss: loss, format_valid: formatValid }),
        train: (hooks) =>
          fineTune({
            ...hooks,
            model,
            renderer,
            conversations,
            rows,
            columns,
            steps,
            schedule: {
              shape: 'trapezoid',
              peak: training.learningRate,
              warmUpSteps: Math.ceil(steps / 50),
            },
            seed,
            saveEvery,
          }),
        samples: () => answerPrompts(opened, prompts, [calculator], signal),
        summarize: ({ before, after, samples }) => ({
          conversations: conversations.length,
          skipped: skipped.length,
          steps,
          formatValidBefore: before.formatValid,
          formatValidAfter: after.formatValid,
          formatPrompts: chatPrompts.length,
          heldOutLossBefore: before.loss,
          heldOutLossAfter: after.loss,
          samples,
        }),
      };
    },
    headline: ({ formatValidBefore, formatValidAfter }) =>
      `valid answers ${formatPercent(formatValidBefore)} → ${formatPercent(formatValidAfter)}`,
  });
}
