/**
 * Byte-level BPE on the kept text and the conversations, every digit a token of its own so that sums can be
 * learned.
 */
import { chatSpecialTokens, toTokenizerJson, trainTokenizer } from '@llm/tokenizer';
import { inputSettings } from '../inputs/input-file.js';
import { loadConversations } from '../material/conversations.js';
import { type Corpus, readCorpus } from '../material/corpus.js';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatCount, formatMetric } from '../terminal/format.js';
import type { TokenizerSummary } from './summaries.js';

export const tokenizerKey = 'tokenizer/tokenizer.json';

const shownTexts = ['The cat sat on the mat.', '12 + 30 = 42', 'Zażółć gęślą jaźń'];

export function tokenizerStage(all: PipelineOptions): Stage<TokenizerSummary> {
  const { tokenizer: options, pretrain, seed, tasks, sft, conversations } = all;
  const { heldOutDocuments, maximumCharacters } = pretrain;
  return {
    name: 'tokenizer',
    title: 'byte-pair encoding, learned from the kept text',
    needs: ['data'],
    settings: {
      ...options,
      heldOutDocuments,
      corpusCharacters: maximumCharacters,
      seed,
      tasks,
      conversations: sft.conversations,
      maximumConversations: sft.maximumConversations,
      heldOutConversations: sft.heldOutConversations,
      files: inputSettings(conversations),
    },
    run: async ({ store, signal, onEvent }) => {
      const corpus = await readCorpus(store, { heldOutDocuments, maximumCharacters });
      const texts = [...upTo(corpus.training, options.maximumCharacters), ...(await conversationTexts(all))];
      const tokenizer = await trainTokenizer(texts, {
        vocabularySize: options.vocabularySize,
        specialTokens: chatSpecialTokens,
        pattern: 'singleDigits',
        signal,
        onEvent,
      });
      await store.write(tokenizerKey, new TextEncoder().encode(toTokenizerJson(tokenizer)));
      return {
        vocabularySize: tokenizer.vocabularySize,
        bytesPerToken: bytesPerToken(corpus, (text) => tokenizer.encode(text).length),
        trainedCharacters: texts.reduce((sum, text) => sum + text.length, 0),
        examples: shownTexts.map((text) => ({
          text,
          tokens: Array.from(tokenizer.encode(text), (id) => tokenizer.decode([id])),
        })),
      };
    },
    headline: (learned) =>
      `${formatCount(learned.vocabularySize)} tokens, ${formatMetric(learned.bytesPerToken)} bytes per token`,
  };
}

/** What will be said in SFT, too: words like `calculator` are tokens then, and answers short. */
async function conversationTexts(options: PipelineOptions): Promise<string[]> {
  const { training } = await loadConversations(options);
  return training.flatMap(({ messages }) =>
    messages.flatMap(({ parts }) =>
      parts.map((part) => (part.type === 'tool-call' ? `${part.tool} ${part.input}` : part.text)),
    ),
  );
}

function upTo(texts: readonly string[], maximumCharacters: number): string[] {
  const chosen: string[] = [];
  let left = maximumCharacters;
  for (const text of texts) {
    if (left <= 0) break;
    chosen.push(text.slice(0, left));
    left -= text.length;
  }
  return chosen;
}

function bytesPerToken({ heldOut }: Corpus, count: (text: string) => number): number {
  const bytes = heldOut.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return bytes / heldOut.reduce((sum, text) => sum + count(text), 0);
}
