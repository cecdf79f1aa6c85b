/**
 * A prompt that a model cannot answer is found before it is asked,
 * by whoever knows its name: `generate` knows only its row.
 */
import type { Conversation, ConversationRenderer } from '../contracts/conversation.js';
import type { LanguageModel } from '../contracts/language-model.js';
import { LlmError } from '../errors.js';

export interface UnfitPrompt {
  /**
   * `too-long`: leaves no room for an answer; `invalid`: the
   * renderer refuses it, or the model lacks one of its ids.
   */
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

/** Ids of the prompt, of which there are fewer than the window holds; or why the model cannot answer it. */
export function fitPrompt(
  renderer: ConversationRenderer,
  prompt: Conversation,
  { contextLength, vocabularySize }: Pick<LanguageModel, 'contextLength' | 'vocabularySize'>,
): Int32Array | UnfitPrompt {
  let ids: Int32Array;
  try {
    ids = renderer.renderPrompt(prompt);
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    return { reason: 'invalid', message: error.message };
  }
  if (ids.length >= contextLength)
    return {
      reason: 'too-long',
      message: `${ids.length} tokens, the model sees ${contextLength} with its answer`,
    };
  const unknown = ids.find((id) => id >= vocabularySize);
  if (unknown !== undefined)
    return { reason: 'invalid', message: `holds the id ${unknown}, the model has ${vocabularySize} ids` };
  return ids;
}
