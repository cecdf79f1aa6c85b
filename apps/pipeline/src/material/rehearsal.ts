/**
 * Pages among conversations: fine-tuning on conversations alone overwrites what pretraining stored
 * (catastrophic forgetting, McCloskey and Cohen 1989), so pages are read again in the same batches, every
 * token of them learned. Mid-training and fine-tuning in one; nanochat mixes its stages alike.
 */
import {
  type Conversation,
  type ConversationRenderer,
  createRandom,
  type RenderedConversation,
  type Tokenizer,
} from '@llm/core';
import { fineTune } from '@llm/sft';

export interface Rehearsal {
  readonly conversations: readonly Conversation[];
  /** Renders conversations as `renderer` does, and the pages among them as documents. */
  readonly renderer: ConversationRenderer;
}

export interface RehearsedPages {
  readonly tokenizer: Tokenizer & { readonly specialTokens: ReadonlyMap<string, number> };
  readonly pages: readonly string[];
  /** Of all tokens, 0 to below 1, so far as there are pages. */
  readonly share: number;
}

export interface RehearsalOptions extends RehearsedPages {
  readonly conversations: readonly Conversation[];
  readonly renderer: ConversationRenderer;
  /** Pages are cut into pieces that fit a row. */
  readonly columns: number;
  readonly seed: number;
}

export function rehearse(options: RehearsalOptions): Rehearsal {
  const { conversations, renderer, tokenizer, share, columns, seed } = options;
  if (share === 0) return { conversations, renderer };
  const spoken = conversations.reduce((sum, each) => sum + renderer.render(each).ids.length, 0);
  const wanted = (spoken * share) / (1 - share);
  const begin = tokenizer.specialTokens.get('<|bos|>') as number;
  const documents = new Map<Conversation, RenderedConversation>();
  let tokens = 0;
  for (const page of createRandom(seed, 'rehearsal').shuffle([...options.pages])) {
    const ids = tokenizer.encode(page);
    for (let start = 0; start < ids.length && tokens < wanted; start += columns) {
      const piece = Int32Array.from([begin, ...ids.subarray(start, start + columns)]);
      // What a document begins with is not learned, as in pretraining.
      const mask = new Uint8Array(piece.length).fill(1, 1);
      documents.set({ id: `page-${documents.size}`, messages: [] }, { ids: piece, mask });
      tokens += piece.length;
    }
    if (tokens >= wanted) break;
  }
  return {
    conversations: [...conversations, ...documents.keys()],
    renderer: {
      specificationVersion: 'v1',
      stopToken: renderer.stopToken,
      vocabularySize: renderer.vocabularySize,
      render: (conversation) => documents.get(conversation) ?? renderer.render(conversation),
      renderPrompt: (conversation) => renderer.renderPrompt(conversation),
      parse: (ids) => renderer.parse(ids),
      renderToolOutput: (text) => renderer.renderToolOutput(text),
      openToolCall: (ids) => renderer.openToolCall(ids),
    },
  };
}

export type RehearsedTuningOptions = Parameters<typeof fineTune>[0] & {
  readonly seed: number;
  readonly rehearsal: RehearsedPages & {
    /** Share of the steps, 0 to 1, that conversations have for themselves first. */
    readonly from: number;
  };
};

/** `fineTune` on conversations alone, then with pages among them; `schedule.steps` is that of the whole. */
export async function fineTuneRehearsed({
  rehearsal: { from, ...rehearsed },
  ...options
}: RehearsedTuningOptions): ReturnType<typeof fineTune> {
  const { model, steps, evaluate } = options;
  const alone = rehearsed.share === 0 ? 0 : Math.round(steps * from);
  if (model.stepsTaken < alone)
    await fineTune({
      ...options,
      steps: alone,
      // What is measured of the whole is measured of the whole.
      evaluate: async (step) => (step === 0 ? ((await evaluate?.(0)) ?? {}) : {}),
    });
  return fineTune({
    ...options,
    ...rehearse({ ...options, ...rehearsed }),
    evaluateFirst: alone === 0,
  });
}
