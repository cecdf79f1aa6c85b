/** SFT: the base model learns from conversations to answer, to stop, and to call its calculator. */
import type { TaskSet } from '@llm/core';
import { calculator, createToolCaller, evaluateTasks } from '@llm/rl';
import { evaluateChat, heldOutLoss } from '@llm/sft';
import { chatTool } from '../chat/own-tools.js';
import { type AssistantClaims, measureAssistant } from '../claims/assistant-claims.js';
import { unlearnedFacts } from '../claims/base-claims.js';
import { inputSettings } from '../inputs/input-file.js';
import { checkableQuestions, isInvented, type RightAnswers } from '../material/checkable-questions.js';
import { loadConversations } from '../material/conversations.js';
import { readCorpus } from '../material/corpus.js';
import { fineTuneRehearsed } from '../material/rehearsal.js';
import { tellsTexts, textConversations } from '../material/text-conversations.js';
import { openModel } from '../models/open-model.js';
import { answerPrompts, samplePrompts } from '../models/samples.js';
import { trainingOptimizer } from '../models/training-optimizer.js';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { sftHeadline } from './sft-headline.js';
import type { SftSummary } from './summaries.js';
import { trainedStage } from './trained-stage.js';

type Measured = {
  /** Share of answers that are whole messages, right or wrong. */
  readonly formatValid: number;
  readonly loss: number;
  readonly sums: RightAnswers;
  readonly facts: RightAnswers | null;
};

export function sftStage(options: PipelineOptions): Stage<SftSummary> {
  const { seed, threads } = options;
  const { textConversations: most = 0, ...training } = options.sft;
  const mostTold = tellsTexts(options) ? most : 0;
  const prompts = samplePrompts(options);
  const asked = isInvented(options) && options.claims.questions > 0 ? options.claims : null;
  return trainedStage<SftSummary, Measured, AssistantClaims>({
    name: 'sft',
    title: 'supervised fine-tuning on conversations',
    needs: ['pretrain'],
    settings: {
      seed,
      threads,
      ...training,
      ...(mostTold > 0 && { textConversations: mostTold }),
      ...options.tasks,
      files: inputSettings(options.conversations),
      prompts,
      ...(asked === null ? {} : { claims: asked }),
    },
    begin: async ({ store, signal, onEvent, remember }) => {
      const opened = await openModel(store, 'pretrain', { threads, seed, optimizer: trainingOptimizer() });
      const { model, renderer, tokenizer } = opened;
      const unlearned = await remember('unlearned', async () =>
        asked?.interrogate ? [...(await unlearnedFacts({ model, tokenizer, seed, signal }))] : [],
      );
      const split = await loadConversations(options, onEvent, new Set(unlearned));
      const { heldOut, skippedByReason } = split;
      const { steps, rows, columns, saveEvery, rehearsalFrom } = training;
      // Texts that are told are read again by that.
      const rehearsal = mostTold > 0 ? 0 : training.rehearsal;
      const pages = rehearsal + mostTold === 0 ? [] : (await readCorpus(store, options.pretrain)).training;
      const told = textConversations({ texts: pages, count: mostTold, renderer, columns, seed });
      const conversations = [...split.training, ...told];
      const chatPrompts = heldOut.map(({ messages }) => {
        const first = messages.findIndex(({ role }) => role === 'assistant');
        return { conversation: { messages: messages.slice(0, first) } };
      });
      const questions = checkableQuestions(options);
      const rightAnswers = async (tasks: TaskSet): Promise<RightAnswers> => {
        const { accuracy, interval, n } = await evaluateTasks({
          model,
          renderer,
          tasks,
          tools: [calculator],
          maxNewTokens: options.rl.maxNewTokens,
          stage: 'sft',
          signal,
          onEvent,
        });
        return { accuracy, interval, n };
      };
      let leftOutByReason: Readonly<Record<string, number>> = {};
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
            onEvent: (event) => void (event.type !== 'sample' && onEvent(event)),
          });
          const { loss } = await heldOutLoss({ model, renderer, conversations: heldOut, columns, signal });
          const sums = await rightAnswers(questions.sums);
          const facts = questions.facts === undefined ? null : await rightAnswers(questions.facts);
          return { formatValid, loss, sums, facts };
        },
        metrics: ({ formatValid, loss, sums, facts }) => ({
          eval_loss: loss,
          format_valid: formatValid,
          right_sums: sums.accuracy,
          ...(facts && { right_facts: facts.accuracy }),
        }),
        train: async (hooks) => {
          const report = await fineTuneRehearsed({
            ...hooks,
            ...{ model, renderer, conversations, rows, columns, steps, seed, saveEvery },
            rehearsal: { tokenizer, pages, share: rehearsal, from: rehearsalFrom },
            schedule: {
              shape: 'trapezoid',
              peak: training.learningRate,
              steps,
              warmUpSteps: Math.ceil(steps / 50),
            },
          });
          leftOutByReason = report.skippedByReason;
        },
        samples: () => answerPrompts(opened, prompts, [chatTool(calculator)], signal),
        claims: async () =>
          asked === null ? null : measureAssistant({ model, renderer, seed, count: asked.questions, signal }),
        summarize: ({ before, after, samples, claims }) => ({
          conversations: conversations.length,
          skipped: Object.values(skippedByReason).reduce((sum, count) => sum + count, 0),
          skippedByReason,
          leftOutByReason,
          steps,
          formatValidBefore: before.formatValid,
          formatValidAfter: after.formatValid,
          formatPrompts: chatPrompts.length,
          heldOutLossBefore: before.loss,
          heldOutLossAfter: after.loss,
          rightSumsBefore: before.sums.accuracy,
          rightSumsAfter: after.sums.accuracy,
          sums: after.sums.n,
          rightFactsBefore: before.facts?.accuracy ?? null,
          rightFactsAfter: after.facts?.accuracy ?? null,
          facts: after.facts?.n ?? 0,
          unlearnedFacts: unlearned.length,
          samples,
          claims,
        }),
      };
    },
    headline: sftHeadline,
  });
}
