/**
 * A model has no self but what it is told: a name and rules in the system message, and what it says without
 * one.
 */
import { textMessage } from '@llm/core';
import { answerAll } from '../../claims/assistant-claims.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { askSet, atLeast, barOf, measureOf, withRunModel } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { questions: 400 };

export const systemPrompt: Experiment<typeof plan> = {
  name: 'system-prompt',
  title: 'Who a model is stands in its conversations',
  claim:
    'Asked for its name the assistant gives the one of its system message, also one that it never met, and follows a rule for its answers; without a system message it says what its conversations said.',
  minutes: 0.1,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { signal } = context;
  const options = { count: context.plan.questions, signal };
  const { name, rule, alone } = await context.arm('answers', () =>
    withRunModel(context, 'sft', async (opened, seed) => ({
      name: await askSet(opened, seed, 'system-name', options),
      rule: await askSet(opened, seed, 'system-rule', options),
      alone: await answerAll({ ...opened, seed, signal }, [
        { messages: [textMessage('user', 'What is your name?')] },
        { messages: [textMessage('user', 'Who are you?')] },
      ]),
    })),
  );
  const measures = [
    measureOf('name of the system message', 'right answers', name.claim.right),
    measureOf('rule of the system message', 'right answers', rule.claim.right),
  ] as const;
  return {
    done: [
      'System messages with a name ("Your name is …") and a question for it, in pairs of wordings and with names that training does not hold; and with a rule (begin or end every answer with a word, say nothing but a word) for words that no rule of training used. Right is the answer to the letter.',
    ],
    measures,
    checks: [
      atLeast('at least 90 % give the name', measures[0], 0.9),
      atLeast('at least 90 % follow the rule', measures[1], 0.9),
    ],
    plots: [{ kind: 'bars', title: 'System messages', unit: 'share', scale: 1, bars: measures.map(barOf) }],
    samples: [
      ...alone.map((answer, index) => ({
        arm: 'without a system message',
        prompt: ['What is your name?', 'Who are you?'][index]!,
        answer,
        right: null,
      })),
      ...name.samples,
      ...rule.samples,
    ],
    shows: ['An identity is text like any other: taught by conversations, changed by a line above them.'],
    doesNotShow: [
      'That rules of kinds that it was never taught are followed: these are of three kinds.',
      'That a system message cannot be talked away: nobody tried.',
    ],
    mirrors: [
      {
        source: 'OLMo’s hard-coded conversations; Karpathy 2025, Deep Dive into LLMs, "knowledge of self"',
        finding: 'a model says who it is because conversations or a system message told it',
      },
    ],
    tryIt: [
      askRun(context.run, 'give it a name', {
        ...{ model: 'sft', system: 'Your name is Zara.', text: 'What is your name?' },
      }),
    ],
  };
}
