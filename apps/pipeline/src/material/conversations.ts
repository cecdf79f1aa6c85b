/**
 * What SFT imitates: the miniweb's conversations, or the user's with demonstrations of the sums that RL will
 * practise among them. Some are held out.
 */
import { createHash } from 'node:crypto';
import { type Conversation, emit, LlmError, type RunEventListener } from '@llm/core';
import { miniwebConversations } from '@llm/miniweb';
import { readConversations } from '@llm/sft';
import { checkUnchanged, type InputFile } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import type { PipelineOptions } from '../options.js';

export interface ConversationSplit {
  readonly training: readonly Conversation[];
  readonly heldOut: readonly Conversation[];
  /** Lines of the user's files that were no conversation, by reason. */
  readonly skippedByReason: Readonly<Record<string, number>>;
}

/**
 * `onEvent` hears of lines and fields that were not used, counted by reason and by name. `unlearned`: facts
 * of the invented web that the model does not know, by id; they are refused instead of taught.
 */
export async function loadConversations(
  options: PipelineOptions,
  onEvent?: RunEventListener,
  unlearned?: ReadonlySet<string>,
): Promise<ConversationSplit> {
  const { sft, seed, tasks } = options;
  const { demonstrationShare, ...mixture } = tasks;
  if (options.conversations.length === 0) {
    const { conversations: count, heldOutConversations } = sft;
    return {
      training: miniwebConversations({ ...mixture, seed, count, unlearned }),
      heldOut: miniwebConversations({ ...mixture, seed, count: heldOutConversations, split: 'held-out' }),
      skippedByReason: {},
    };
  }
  const { conversations: own, skippedByReason } = await readConversationFiles(options.conversations, {
    limit: sft.maximumConversations,
    onEvent,
  });
  const { training, heldOut } = holdOut(own, sft.heldOutConversations);
  const count = Math.round((training.length * demonstrationShare) / (1 - demonstrationShare));
  const demonstrations = miniwebConversations({ ...mixture, arithmeticShare: 1, seed, count });
  return { training: [...training, ...demonstrations], heldOut, skippedByReason };
}

/**
 * The conversations of several files, at most `limit` of each. A file that holds nothing usable is counted;
 * when none does, the first one's error stands.
 */
export async function readConversationFiles(
  files: readonly InputFile[],
  { limit, onEvent }: { readonly limit: number; readonly onEvent?: RunEventListener | undefined },
): Promise<{
  readonly conversations: Conversation[];
  readonly skippedByReason: Readonly<Record<string, number>>;
}> {
  checkUnchanged(files);
  const conversations: Conversation[] = [];
  const skippedByReason: Record<string, number> = {};
  let nothing: LlmError | undefined;
  for (const { path } of files) {
    let skipped: unknown;
    try {
      const read = await readConversations(linesOf(path), { name: path, limit, onEvent });
      conversations.push(...read.conversations);
      skipped = read.skippedByReason;
    } catch (error) {
      if (!LlmError.isInstance(error) || error.code !== 'sft/no-conversations') throw error;
      nothing ??= error;
      emit(onEvent, { type: 'warning', stage: 'sft', code: error.code, message: error.message });
      skipped = error.details.skipped;
    }
    for (const [reason, count] of Object.entries(skipped as Readonly<Record<string, number>>))
      skippedByReason[reason] = (skippedByReason[reason] ?? 0) + count;
  }
  if (conversations.length === 0 && nothing !== undefined) throw nothing;
  return { conversations, skippedByReason };
}

/**
 * At most a tenth is held out, by the hash of the text, so that a conversation that occurs twice is
 * never on both sides.
 */
export function holdOut(
  conversations: readonly Conversation[],
  wanted: number,
): Pick<ConversationSplit, 'training' | 'heldOut'> {
  const count = Math.min(wanted, Math.ceil(conversations.length / 10));
  const keys = conversations.map(({ messages }) =>
    createHash('sha256').update(JSON.stringify(messages)).digest('hex'),
  );
  const chosen = new Set([...new Set(keys)].sort().slice(0, count));
  const seen = new Set<string>();
  const training: Conversation[] = [];
  const heldOut: Conversation[] = [];
  for (const [index, conversation] of conversations.entries()) {
    const key = keys[index] as string;
    if (!chosen.has(key)) training.push(conversation);
    else if (!seen.has(key)) heldOut.push(conversation);
    seen.add(key);
  }
  return { training, heldOut };
}
