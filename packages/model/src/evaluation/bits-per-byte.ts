/**
 * Held-out loss that does not depend on the tokenizer: Σ nats ÷ (ln 2 · Σ bytes). Bytes are counted exactly,
 * as what each predicted token stands for; BOS is context only and never counted, and without one neither is
 * the first token of a document. Documents longer than a row are cut into windows without overlap (a token
 * near the start of a window has little context).
 */
import { checkNumbers, type LanguageModel, LlmError, type Tokenizer, throwIfAborted } from '@llm/core';
import { bosTokenOf, type DocumentStart, withBos } from '../feed/bos-token.js';

export interface ScoreOptions extends DocumentStart {
  /** Rows of one forward pass. Default 16. */
  readonly rows?: number | undefined;
  /** Default: the model's context length. */
  readonly columns?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface DocumentScore {
  /** Total negative log-probability, natural logarithm. */
  readonly nats: number;
  readonly bytes: number;
  readonly tokens: number;
}

const positive = { minimum: 1, integer: true };

/** Bits per byte of the texts under the model. Throws `model/nothing-to-score` when they hold no byte. */
export async function bitsPerByte(
  model: LanguageModel,
  tokenizer: Tokenizer,
  documents: readonly string[],
  options: ScoreOptions = {},
): Promise<number> {
  const { nats, bytes } = await scoreDocuments(
    model,
    tokenizer,
    documents.map((text) => tokenizer.encode(text)),
    options,
  );
  if (bytes === 0)
    throw new LlmError({
      code: 'model/nothing-to-score',
      message: `The ${documents.length} held-out documents hold no text, so bits per byte is undefined. Hold out more.`,
      details: { documents: documents.length },
    });
  return nats / (Math.LN2 * bytes);
}

/** `documents` are ids without BOS. */
export async function scoreDocuments(
  model: LanguageModel,
  tokenizer: Tokenizer,
  documents: readonly Int32Array[],
  options: ScoreOptions = {},
): Promise<DocumentScore> {
  const { rows = 16, columns = model.contextLength, signal } = options;
  checkNumbers({ rows, columns }, { rows: positive, columns: { ...positive, maximum: model.contextLength } });
  const bosToken = bosTokenOf(tokenizer, options);
  // The first token of a window is only context.
  const windows = documents.flatMap((document) => {
    const ids = withBos(bosToken, document);
    const count = Math.max(0, Math.ceil((ids.length - 1) / columns));
    return Array.from({ length: count }, (_, i) => ({ ids, start: i * columns }));
  });
  let nats = 0;
  let bytes = 0;
  let tokens = 0;
  for (let first = 0; first < windows.length; first += rows) {
    throwIfAborted(signal);
    // Always the same shape, so that one compiled graph serves all.
    const inputs = new Int32Array(rows * columns).fill(bosToken ?? 0);
    const targets = new Int32Array(rows * columns).fill(bosToken ?? 0);
    const batch = windows.slice(first, first + rows);
    for (const [row, { ids, start }] of batch.entries()) {
      const target = ids.subarray(start + 1, start + 1 + columns);
      targets.set(target, row * columns);
      inputs.set(ids.subarray(start, start + target.length), row * columns);
    }
    const scores = await model.logProbabilities({ rows, columns, inputs, targets });
    for (const [row, { ids, start }] of batch.entries()) {
      const length = Math.min(columns, ids.length - 1 - start);
      for (let i = 0; i < length; i++) {
        nats -= scores[row * columns + i]!;
        bytes += tokenizer.byteLength(ids[start + 1 + i]!);
      }
      tokens += length;
    }
  }
  return { nats, bytes, tokens };
}
