/** The same prompts for every model of a run: the base model continues them, the later ones answer them. */
import {
  type ConversationRenderer,
  type LanguageModel,
  type Tokenizer,
  type Tool,
  textMessage,
} from '@llm/core';
import { miniwebFacts } from '@llm/miniweb';
import { createToolCaller } from '@llm/rl';
import { answerText } from '../chat/answer-stream.js';
import type { PipelineOptions } from '../options.js';
import type { Sample } from '../stages/summaries.js';

const maxNewTokens = 64;

/**
 * Of the miniweb: something it knows, something it cannot know, itself, sums with and without the tool, a
 * story.
 */
export function samplePrompts({ input, conversations, seed }: PipelineOptions): string[] {
  const sums = ['What is 12 plus 30?', 'What is 347 plus 589?', 'Use the calculator: What is 347 plus 589?'];
  if (input.kind === 'files' || conversations.length > 0)
    return ['Who are you?', 'Hello, how are you?', 'Tell me about the sea.', 'Once upon a time', ...sums];
  const facts = miniwebFacts(seed);
  const known = [facts[0], facts[Math.floor(facts.length / 2)]].flatMap((fact) => fact?.questions[0] ?? []);
  return ['Who are you?', ...known, 'Who is the mayor of Nowhere?', 'How do you spell apple?', ...sums];
}

export async function continueTexts(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompts: readonly string[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const bos = tokenizer.specialTokens.get('<|bos|>') as number;
  const ids = prompts.map((prompt) => Int32Array.from([bos, ...tokenizer.encode(prompt)]));
  const completions = await model.generate(ids, {
    maxNewTokens,
    temperature: 0.8,
    vocabularySize: tokenizer.vocabularySize,
    seed: 1,
    stopTokens: [bos],
    signal,
  });
  return prompts.map((prompt, row) => ({
    prompt,
    text: answerText(tokenizer, completions[row]?.ids ?? []).trim(),
  }));
}

export async function answerPrompts(
  {
    model,
    tokenizer,
    renderer,
  }: { model: LanguageModel; tokenizer: Tokenizer; renderer: ConversationRenderer },
  prompts: readonly string[],
  tools: readonly Tool[],
  signal: AbortSignal,
): Promise<Sample[]> {
  const ids = prompts.map((prompt) => renderer.renderPrompt({ messages: [textMessage('user', prompt)] }));
  const completions = await model.generate(ids, {
    maxNewTokens,
    temperature: 0,
    vocabularySize: tokenizer.vocabularySize,
    stopTokens: [renderer.stopToken],
    forceTokens: createToolCaller(renderer, tools, ids.length).forceTokens,
    signal,
  });
  return prompts.map((prompt, row) => ({
    prompt,
    text: answerText(tokenizer, completions[row]?.ids ?? []).trim(),
  }));
}
