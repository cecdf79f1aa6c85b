/**
 * Takes the assistant's messages that are not to be learned (`trained: false`) out of a rendered
 * conversation's mask. Works with every renderer: a prompt is the beginning of the conversation that it
 * belongs to, so the prompts before two answers tell where the first of them lies.
 */
import type { Conversation, ConversationRenderer, RenderedConversation } from '@llm/core';
import { LlmError } from '@llm/core';

/**
 * `rendered` itself where every message is trained on. Throws
 * `sft/prompt-not-prefix` when the renderer breaks its contract.
 */
export function maskUntrained(
  renderer: ConversationRenderer,
  conversation: Conversation,
  rendered: RenderedConversation,
): RenderedConversation {
  const { messages } = conversation;
  if (messages.every(({ trained }) => trained !== false)) return rendered;
  const { ids } = rendered;
  const mask = rendered.mask.slice();
  const answers = [...messages.keys()].filter((index) => messages[index]!.role === 'assistant');
  const starts = answers.map((index) => {
    const prompt = renderer.renderPrompt({ ...conversation, messages: messages.slice(0, index) });
    if (prompt.every((id, i) => id === ids[i])) return prompt.length;
    throw new LlmError({
      code: 'sft/prompt-not-prefix',
      message: `The renderer's prompt for message ${index} is not the beginning of the conversation, so what it says cannot be left out of training.`,
      details: { index },
    });
  });
  for (const [turn, index] of answers.entries())
    if (messages[index]!.trained === false) mask.fill(0, starts[turn], starts[turn + 1]);
  return { ids, mask };
}
