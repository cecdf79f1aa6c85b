/** The same prompts for every model of a run: the base model continues them, the later ones answer them. */
import { type Assistant, type ChatTool, createAssistant } from '@llm/assistant';
import { miniwebFacts } from '@llm/miniweb';
import { chatTemplate } from '@llm/tokenizer';
import { answerText } from '../chat/answer-text.js';
import type { PipelineOptions } from '../options.js';
import type { Sample } from '../stages/summaries.js';
import type { OpenModel } from './open-model.js';

/** A continuation shows soon what it is; an answer ends by itself, and may be a story. */
const [continuedTokens, answeredTokens] = [64, 320];

/**
 * Of the miniweb: something it knows, something it cannot know, itself, sums with and without the tool, a
 * story.
 */
export function samplePrompts({ input, conversations, seed }: PipelineOptions): string[] {
  const sums = ['What is 12 plus 30?', 'What is 347 plus 589?', 'Use the calculator: What is 347 plus 589?'];
  if (input.kind !== 'miniweb' || conversations.length > 0)
    return ['Who are you?', 'Hello, how are you?', 'Tell me a story.', 'Once upon a time', ...sums];
  const facts = miniwebFacts(seed);
  const known = [facts[0], facts[Math.floor(facts.length / 2)]].flatMap((fact) => fact?.questions[0] ?? []);
  return ['Who are you?', ...known, 'Who is the mayor of Nowhere?', 'How do you spell apple?', ...sums];
}

export async function continueTexts(
  opened: OpenModel,
  prompts: readonly string[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const assistant = await assistantOf(opened);
  return sampled(prompts, (prompt) =>
    assistant.complete(prompt, { maxNewTokens: continuedTokens, temperature: 0.8, seed: 1, signal }),
  );
}

export async function answerPrompts(
  opened: OpenModel,
  prompts: readonly string[],
  tools: readonly ChatTool[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const assistant = await assistantOf(opened);
  return sampled(prompts, (prompt) =>
    assistant.chat(prompt, { maxNewTokens: answeredTokens, temperature: 0, tools, signal }),
  );
}

/** All at once: they share the running batch. */
function sampled(
  prompts: readonly string[],
  answer: (prompt: string) => ReturnType<Assistant['complete']>,
): Promise<Sample[]> {
  return Promise.all(
    prompts.map(async (prompt) => ({ prompt, text: (await answerText(answer(prompt))).trim() })),
  );
}

/** Not to be disposed of: the model goes on. */
function assistantOf({ model, tokenizer }: OpenModel): Promise<Assistant> {
  const bos = tokenizer.specialTokens.get('<|bos|>') as number;
  const tokenizerConfig = { chatTemplate, tokens: {} };
  return createAssistant({
    name: 'sample',
    model,
    tokenizer,
    tokenizerConfig,
    beginToken: bos,
    stopTokens: [bos],
  });
}
