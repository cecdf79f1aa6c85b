/**
 * The counting phase of training: documents in, counts of
 * pieces out; here or in workers, within a budget, resumable.
 */
import { emit, LlmError, type RunOptions, throwIfAborted } from '@llm/core';
import { windowEnd } from '../encode/text-windows.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { PieceCounter } from './piece-counter.js';
import { type PieceCounts, readSnapshot, writeSnapshot } from './piece-counts.js';

export interface CountPiecesOptions extends RunOptions {
  /**
   * Memory in bytes for the counts of pieces. When they outgrow it the rarest are forgotten and a warning
   * event says which: the result may then depend on the order of documents. Default: no limit.
   */
  readonly memoryBudget?: number | undefined;
  /**
   * Counts elsewhere, e.g. in worker threads (`createCountingWorkers`
   * of `@llm/tokenizer/node`). Default: here.
   */
  readonly createCountingBackend?: ((pattern: string) => CountingBackend) | undefined;
  /** Save the counts each so many documents. Default never. */
  readonly checkpointEvery?: number | undefined;
  readonly onCheckpoint?: ((snapshot: Uint8Array) => Promise<void> | void) | undefined;
  /** What `onCheckpoint` was last given: its documents are skipped, the result is the same. */
  readonly resumeFrom?: Uint8Array | undefined;
}

/** Counts pieces of the texts it is given, in any order. */
export interface CountingBackend {
  /** Resolves when it can take more. */
  add(texts: readonly string[]): Promise<void>;
  /** Waits for all texts and hands over what was counted since the last time. */
  collect(): Promise<PieceCounts>;
  /** Bytes of memory the counts hold. */
  readonly byteSize: number;
  dispose(): Promise<void>;
}

const stage = 'tokenizer';
/** Characters between two progress events, and of one batch for a backend. */
const batchCharacters = 1 << 21;

export async function countPieces(
  texts: AsyncIterable<string> | Iterable<string>,
  preTokenizer: PreTokenizer,
  options: CountPiecesOptions,
): Promise<{ counter: PieceCounter; documents: number }> {
  const { onEvent, signal, memoryBudget = Number.POSITIVE_INFINITY } = options;
  const counter = new PieceCounter(preTokenizer);
  const pattern = preTokenizer.source ?? JSON.stringify(preTokenizer.json);
  let skipped = 0;
  if (options.resumeFrom !== undefined) {
    const snapshot = readSnapshot(options.resumeFrom, pattern);
    counter.merge(snapshot.counts);
    skipped = snapshot.documents;
  }
  const backend = createBackend(preTokenizer, options);
  let documents = 0;
  let batch: string[] = [];
  let batched = 0;
  const flush = async (): Promise<void> => {
    throwIfAborted(signal);
    if (backend !== undefined && batch.length > 0) await backend.add(batch);
    batch = [];
    batched = 0;
    if (counter.byteSize + (backend?.byteSize ?? 0) > memoryBudget) {
      if (backend !== undefined) counter.merge(await backend.collect());
      while (counter.byteSize > memoryBudget && counter.pieces.size > 1000) {
        const { threshold, pieces, occurrences } = counter.prune();
        emit(onEvent, {
          type: 'warning',
          stage,
          code: 'tokenizer/pieces-pruned',
          message: `The counts outgrew ${memoryBudget} bytes: ${pieces} pieces seen at most ${threshold} times (${occurrences} occurrences) were forgotten.`,
        });
      }
    }
    emit(onEvent, { type: 'progress', stage, done: documents, unit: 'documents' });
    await nextTask();
  };
  try {
    for await (const text of texts) {
      documents++;
      if (documents <= skipped) continue;
      for (const part of partsOf(text, preTokenizer)) {
        if (backend === undefined) counter.add(part, signal);
        else batch.push(part);
        batched += part.length;
        if (batched >= batchCharacters) await flush();
      }
      if (options.checkpointEvery !== undefined && documents % options.checkpointEvery === 0) {
        await flush();
        if (backend !== undefined) counter.merge(await backend.collect());
        await options.onCheckpoint?.(writeSnapshot({ counts: counter.toCounts(), documents, pattern }));
      }
    }
    await flush();
    if (backend !== undefined) counter.merge(await backend.collect());
  } finally {
    await backend?.dispose();
  }
  return { counter, documents };
}

function createBackend(preTokenizer: PreTokenizer, options: CountPiecesOptions): CountingBackend | undefined {
  if (options.createCountingBackend === undefined) return undefined;
  if (preTokenizer.source === undefined) {
    throw new LlmError({
      code: 'tokenizer/pattern-unsupported',
      message:
        'Workers count with a single pattern, and the seed vocabulary has a sequence of pre-tokenizers; count without workers.',
    });
  }
  return options.createCountingBackend(preTokenizer.source);
}

/** A long text in parts of about a batch, cut where a piece ends anyway. */
function* partsOf(text: string, preTokenizer: PreTokenizer): Generator<string> {
  if (text.length <= batchCharacters || preTokenizer.scanner === undefined) {
    yield text;
    return;
  }
  for (let start = 0; start < text.length; ) {
    const end = windowEnd(text, Math.min(text.length, start + batchCharacters));
    yield text.slice(start, end);
    start = end;
  }
}

/** Lets timers, aborts and painting happen. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
