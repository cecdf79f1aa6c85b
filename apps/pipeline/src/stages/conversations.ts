/**
 * What SFT imitates: the miniweb's conversations, or the user's with demonstrations of the sums that RL will practise
 * among them. Some are held out.
 */
import { createHash } from 'node:crypto';
import { type Conversation, LlmError, type RunEventListener } from '@llm/core';
import { miniwebConversations } from '@llm/miniweb';
import { readConversations } from '@llm/sft';
import { checkUnchanged, type InputFile } from '../inputs/input-file.js';
import { linesOf } from '../inputs/lines-of.js';
import type { PipelineOptions } from '../options.js';

export interface ConversationSplit {
  readonly training: readonly Conversation[];
  readonly heldOut: readonly Conversation[];
  readonly skipped: SkippedLines;
}

/** Lines of the user's files that were no conversation. */
export interface SkippedLines {
  readonly byReason: Readonly<Record<string, number>>;
  /** A sentence with the first of each reason, by file and line; undefined when there are none. */
  readonly message: string | undefined;
}

/** `onEvent` hears of lines and fields that were not used, counted by reason and by name. */
export async function loadConversations(
  options: PipelineOptions,
  onEvent?: RunEventListener,
): Promise<ConversationSplit> {
  const { sft, seed, tasks } = options;
  const { demonstrationShare, ...mixture } = tasks;
  if (options.conversations.length === 0) {
    const { conversations: count, heldOutConversations } = sft;
    return {
      training: miniwebConversations({ ...mixture, seed, count }),
      heldOut: miniwebConversations({ ...mixture, seed, count: heldOutConversations, split: 'held-out' }),
      skipped: { byReason: {}, message: undefined },
    };
  }
  const { conversations: own, skipped } = await readOwn(
    options.conversations,
    sft.maximumConversations,
    onEvent,
  );
  const { training, heldOut } = holdOut(own, sft.heldOutConversations);
  const count = Math.round((training.length * demonstrationShare) / (1 - demonstrationShare));
  const demonstrations = miniwebConversations({ ...mixture, arithmeticShare: 1, seed, count });
  return { training: [...training, ...demonstrations], heldOut, skipped };
}

/** A file of several that holds nothing usable is counted; when none does, the first one's error stands. */
async function readOwn(
  files: readonly InputFile[],
  limit: number,
  onEvent: RunEventListener | undefined,
): Promise<{ readonly conversations: Conversation[]; readonly skipped: SkippedLines }> {
  checkUnchanged(files);
  const conversations: Conversation[] = [];
  const counts = new Map<string, { count: number; readonly first: string }>();
  const skip = (reason: string, first: string, count = 1): void => {
    const known = counts.get(reason);
    if (known === undefined) counts.set(reason, { count, first });
    else known.count += count;
  };
  let nothing: LlmError | undefined;
  for (const file of files) {
    try {
      const read = await readConversations(linesOf(file.path), {
        name: file.path,
        limit,
        // Skipped lines are counted over all files; fields that were passed over are told by file.
        onEvent: (event) =>
          void (event.type === 'warning' && event.code === 'sft/fields-ignored' && onEvent?.(event)),
      });
      conversations.push(...read.conversations);
      for (const { line, reason, message } of read.skipped) skip(reason, `${file.path}:${line}: ${message}`);
    } catch (error) {
      if (!LlmError.isInstance(error) || error.code !== 'sft/no-conversations') throw error;
      nothing ??= error;
      skip('in a file without any conversation', error.message, Number(error.details.lines ?? 1));
    }
  }
  if (conversations.length === 0 && nothing !== undefined) throw nothing;
  const reasons = [...counts].sort(([, a], [, b]) => b.count - a.count);
  const total = reasons.reduce((sum, [, { count }]) => sum + count, 0);
  const listed = reasons.map(([reason, { count, first }]) => `${count} ${reason} (first: ${first})`);
  return {
    conversations,
    skipped: {
      byReason: Object.fromEntries(reasons.map(([reason, { count }]) => [reason, count])),
      message:
        total === 0 ? undefined : `${total} lines of the conversations were left out: ${listed.join('; ')}.`,
    },
  };
}

/** By the hash of the text, so that a conversation that occurs twice is never on both sides. */
function holdOut(
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
