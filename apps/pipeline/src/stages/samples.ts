/** The same prompts for every model of a run: the base model continues them, the later ones answer them. */
import {
  type ConversationRenderer,
  type LanguageModel,
  type Tokenizer,
  type Tool,
  textMessage,
} from '@llm/core';
import { createToolCaller } from '@llm/rl';
import { answerText } from '../chat/answer-stream.js';
import type { PipelineOptions } from '../options.js';
import type { Sample } from './summaries.js';

const maxNewTokens = 64;

export function samplePrompts(_options: PipelineOptions): string[] {
  return ['Who are you?', 'What is 12 + 30?', 'What is 347 + 589?', 'Tell me a story.'];
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
    stopTokens: [renderer.stopToken],
    forceTokens: createToolCaller(renderer, tools, ids.length).forceTokens,
    signal,
  });
  return prompts.map((prompt, row) => ({
    prompt,
    text: answerText(tokenizer, completions[row]?.ids ?? []).trim(),
  }));
}
