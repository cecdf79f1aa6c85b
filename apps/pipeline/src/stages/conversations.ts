/**
 * What SFT imitates: the miniweb's conversations, or the user's with demonstrations of the sums that RL will practise
 * among them. Some are held out.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Conversation, LlmError, type RunEventListener } from '@llm/core';
import { miniwebConversations } from '@llm/miniweb';
import { readConversations } from '@llm/sft';
import type { InputFile, PipelineOptions } from '../options.js';
import { describeSystemError, errorWithCode } from '../system-error.js';

export interface ConversationSplit {
  readonly training: readonly Conversation[];
  readonly heldOut: readonly Conversation[];
  /** Lines of the user's files that were no conversation, with file and line. */
  readonly skipped: readonly string[];
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
      skipped: [],
    };
  }
  const own: Conversation[] = [];
  const skipped: string[] = [];
  for (const file of options.conversations) {
    const read = await readConversations(linesOf(file), {
      name: file.path,
      limit: sft.maximumConversations,
      onEvent,
    });
    own.push(...read.conversations);
    skipped.push(...read.skipped.map(({ line, message }) => `${file.path}:${line}: ${message}`));
  }
  const { training, heldOut } = holdOut(own, sft.heldOutConversations);
  const count = Math.round((training.length * demonstrationShare) / (1 - demonstrationShare));
  const demonstrations = miniwebConversations({ ...mixture, arithmeticShare: 1, seed, count });
  return { training: [...training, ...demonstrations], heldOut, skipped };
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

async function* linesOf({ path }: InputFile): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  try {
    for await (const chunk of bytesOf(path)) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      line += parts.length;
      yield* parts;
    }
    yield rest + decoder.decode();
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
    const reason = describeSystemError(cause) ?? errorWithCode(cause)?.message ?? String(cause);
    throw new LlmError({
      code: 'pipeline/conversations-unreadable',
      message: `Cannot read ${path} after line ${line}: ${reason}`,
      details: { path, line },
      cause,
    });
  }
}

function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path);
  // `pipeline` hands an error of the file on to the stream that is read.
  return path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
}
