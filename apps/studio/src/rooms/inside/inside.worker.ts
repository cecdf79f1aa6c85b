/** Holds the model that is looked into; its weights as float32, so that a step can be taken. */
import type { Assistant } from '@llm/assistant';
import { LlmError } from '@llm/core';
import type { Transformer } from '@llm/model';
import { tokenText } from '../../components/token-text.js';
import { loadSource } from '../../models/load-source.js';
import { serveCalls } from '../../workers/serve-calls.js';
import type { InsideCalls, Likely } from './inside-calls.js';
import { entropyOf, mostLikely } from './likely-tokens.js';

let assistant: Assistant | undefined;
const shown = 8;
/** Attention of a longer text is larger than a screen, and its square of memory is not. */
const longestText = 256;

serveCalls<InsideCalls>({
  async load({ source, name }, { say }) {
    const { assistant: loaded, runsOn } = await loadSource(source, name, {
      dtype: 'float32',
      onEvent: (event) => {
        if (event.type === 'progress' && event.total !== undefined)
          say({ done: event.done, total: event.total });
      },
    });
    assistant = loaded;
    const { model } = loaded;
    return {
      name: loaded.name,
      canChat: loaded.canChat,
      runsOn,
      contextLength: model.contextLength,
      parameterCount: model.parameterCount,
      depth: model.config.depth,
      heads: model.config.heads,
      defaults: loaded.defaults,
      tools: [],
    };
  },
  async look({ text, position, silenced }, { transfer }) {
    const { model } = there();
    const ids = idsOf(text);
    const place = position === undefined ? ids.length - 1 : Math.min(position, ids.length - 1);
    const { lens, ...seen } = await model.inspect(ids, { position: place, silencedHeads: silenced });
    const size = model.vocabularySize;
    const layers = Array.from({ length: model.config.depth + 1 }, (_, layer) =>
      lens.subarray(layer * size, (layer + 1) * size),
    );
    for (const part of Object.values(seen)) transfer(...part.map(({ buffer }) => buffer));
    return {
      ...seen,
      ids,
      tokens: Array.from(ids, written),
      width: model.config.width,
      feedForwardWidth: model.config.feedForwardWidth,
      lens: layers.map(likelyOf),
      entropy: entropyOf(layers.at(-1)!),
    };
  },
  async step({ text, learningRate }) {
    const { model } = there();
    const ids = idsOf(text);
    if (ids.length < 2)
      throw new LlmError({
        code: 'studio/text-too-short',
        message: 'A step needs a token to learn from another: write two tokens or more.',
      });
    const batch = { rows: 1, columns: ids.length - 1, inputs: ids.slice(0, -1), targets: ids.slice(1) };
    const weights = new Float32Array(batch.columns).fill(1);
    const snapshot = await model.snapshot();
    try {
      const before = await nextOf(model, ids);
      const { loss, gradientNorm } = await model.trainStep(
        { ...batch, weights, normalizer: batch.columns },
        { learningRate },
      );
      const after = await nextOf(model, ids);
      const scores = await model.logProbabilities(batch);
      const changed = await model.snapshot();
      const changes = [...snapshot.parameters].map(([name, { data }]) => {
        const next = changed.parameters.get(name)!.data;
        let change = 0;
        let size = 0;
        for (let i = 0; i < data.length; i++) {
          change += (next[i]! - data[i]!) ** 2;
          size += data[i]! ** 2;
        }
        return { name, change: Math.sqrt(change / data.length), size: Math.sqrt(size / data.length) };
      });
      const share = ({ change, size }: (typeof changes)[number]): number => change / (size || 1);
      return {
        lossBefore: loss,
        lossAfter: -scores.reduce((sum, score) => sum + score, 0) / scores.length,
        gradientNorm,
        before,
        after,
        changes: changes.sort((a, b) => share(b) - share(a)),
      };
    } finally {
      await model.restore(snapshot);
    }
  },
});

function there(): Assistant {
  if (assistant !== undefined) return assistant;
  throw new LlmError({ code: 'studio/model-missing', message: 'The model is not loaded yet.' });
}

function idsOf(text: string): Int32Array {
  const { tokenizer, beginToken, model } = there();
  const begin = beginToken === undefined ? [] : [beginToken];
  const ids = Int32Array.from([...begin, ...tokenizer.encode(text)]);
  const most = Math.min(longestText, model.contextLength);
  if (ids.length > 0 && ids.length <= most) return ids;
  throw new LlmError({
    code: 'studio/text-length',
    message: `The text has ${ids.length} tokens; here it is one of 1 to ${most}.`,
  });
}

const written = (id: number): string => {
  const { tokenizer } = there();
  return id < tokenizer.vocabularySize ? tokenText(tokenizer.tokenBytes(id)) : `(${id})`;
};

const likelyOf = (logits: Float32Array): Likely[] =>
  mostLikely(logits, shown).map(({ id, probability }) => ({ id, probability, text: written(id) }));

async function nextOf(model: Transformer, ids: Int32Array): Promise<Likely[]> {
  const { lens } = await model.inspect(ids);
  return likelyOf(lens.subarray(model.config.depth * model.vocabularySize));
}
