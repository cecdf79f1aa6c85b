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
import {
  deleteCheckpoints,
  saveFinishedModel,
  type TrainingRun,
  trainWithCheckpoints,
} from './training-run.js';

export function sftStage(options: PipelineOptions): Stage {
  const { seed, threads, sft: training } = options;
  const prompts = samplePrompts(options);
  return {
    name: 'sft',
    title: 'supervised fine-tuning on conversations',
    needs: ['base'],
    settings: {
      seed,
      threads,
      ...training,
      ...options.tasks,
      files: options.conversations.map((file) => ({ ...file })),
      prompts,
    },
    run: async (context) => {
      const { store, signal, onEvent, remember } = context;
      const { training: conversations, heldOut, skipped } = await loadConversations(options);
      for (const message of skipped.slice(0, 100))
        emit(onEvent, { type: 'warning', stage: 'sft', code: 'sft/line-skipped', message });
      const opened = await openModel(store, 'base', { threads, seed, optimizer: muon() });
      const { model, renderer, config, tokenizerJson } = opened;
      try {
        const { steps, rows, columns } = training;
        const chatPrompts = heldOut.map(({ messages }) => {
          const first = messages.findIndex(({ role }) => role === 'assistant');
          return { conversation: { messages: messages.slice(0, first) } };
        });
        const measure = async (step: number): Promise<{ formatValid: number; loss: number }> => {
          const group = Math.min(64, chatPrompts.length);
          const report = await evaluateChat({
            model,
            renderer,
            prompts: chatPrompts,
            rows: group,
            forceTokens: createToolCaller(renderer, [calculator], group).forceTokens,
            signal,
            onEvent: (event) => void (event.type === 'progress' && onEvent(event)),
          });
          const { loss } = await heldOutLoss({ model, renderer, conversations: heldOut, columns, signal });
          const values = { eval_loss: loss, format_valid: report.formatValid };
          emit(onEvent, { type: 'metric', stage: 'sft', step, values });
          return { formatValid: report.formatValid, loss };
        };
        const before = await remember('before', () => measure(0));
        const run: TrainingRun = {
          context,
          stage: 'sft',
          model,
          config,
          tokenizerJson,
          steps,
          train: (onCheckpoint) =>
            fineTune({
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
              saveEvery: training.saveEvery,
              onCheckpoint,
              signal,
              onEvent,
            }),
        };
        await trainWithCheckpoints(run);
        const after = await remember('after', () => measure(steps));
        const samples = await remember('samples', () => answerPrompts(opened, prompts, [calculator], signal));
        await saveFinishedModel(run, { stage: 'sft' });
        const summary: SftSummary = {
          conversations: conversations.length,
          skipped: skipped.length,
          steps,
          formatValidBefore: before.formatValid,
          formatValidAfter: after.formatValid,
          formatPrompts: chatPrompts.length,
          heldOutLossBefore: before.loss,
          heldOutLossAfter: after.loss,
          samples,
        };
        return summary;
      } finally {
        await model.dispose();
      }
    },
    cleanUp: (directory) => deleteCheckpoints(directory, 'sft'),
    headline: (summary) => {
      const { formatValidBefore, formatValidAfter } = summary as SftSummary;
      return `valid answers ${formatPercent(formatValidBefore)} → ${formatPercent(formatValidAfter)}`;
    },
  };
}
