/** The tools that a model knows: our own models were taught to use a calculator, others were not. */
import type { Assistant, ChatTool } from '@llm/assistant';
import type { Tool } from '@llm/core';
import { calculator } from '@llm/rl';

export function ownTools({ tokenizer }: Pick<Assistant, 'tokenizer'>): ChatTool[] {
  return tokenizer.specialTokens.has('<|tool_call_start|>') ? [chatTool(calculator)] : [];
}

/** Of our own format, in which the input is words: they may look like JSON, `12` for instance. */
export function chatTool({ name, call }: Tool): ChatTool {
  return { name, call: (input: unknown) => call(typeof input === 'string' ? input : JSON.stringify(input)) };
}
