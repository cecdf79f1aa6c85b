/**
 * What of a parsed completion can become part of a conversation again. A model
 * writes what it likes: calls without a name, outputs that nothing asked for.
 * Kept in a conversation these would make every later `render` of it fail.
 */
import type { ParsedCompletion, Part } from '../contracts/conversation.js';

/** A tool's name is a word: not empty, no space in it, because a space ends it in the chat format. */
export function isToolName(name: string): boolean {
  return name !== '' && !name.includes(' ');
}

/**
 * The parts that `ConversationRenderer.render` takes, in order: all of a well-formed
 * completion; otherwise its text, and calls with a name together with their output. A
 * call without output is kept only where the completion is well formed: elsewhere it may
 * have been cut off. Empty when nothing is left, and then there is no message to keep.
 */
export function renderableParts({ parts, wellFormed }: ParsedCompletion): Part[] {
  const kept: Part[] = [];
  for (const [index, part] of parts.entries()) {
    const isAnswered = parts[index + 1]?.type === 'tool-output';
    const call = kept.at(-1);
    if (
      part.type === 'text' ||
      (part.type === 'tool-call' && isToolName(part.tool) && (wellFormed || isAnswered)) ||
      (part.type === 'tool-output' && call?.type === 'tool-call' && call === parts[index - 1])
    )
      kept.push(part);
  }
  return kept;
}
