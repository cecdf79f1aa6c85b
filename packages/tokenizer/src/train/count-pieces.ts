/** The counting phase of training: documents in, counts of pieces out; here or in workers, within a budget, resumable. */
import { emit, LlmError, throwIfAborted } from '@llm/core';
import { windowEnd } from '../encode/text-windows.js';
import type { PreTokenizer } from '../pretokenize/scanned-pre-tokenizer.js';
import { PieceCounter } from './piece-counter.js';
import { readSnapshot, writeSnapshot } from './piece-counts.js';
import type { CountingBackend, TrainTokenizerOptions } from './train-tokenizer.js';

const stage = 'tokenizer';
/** Characters between two progress events, and of one batch for a backend. */
const batchCharacters = 1 << 21;

export async function countPieces(
  texts: AsyncIterable<string> | Iterable<string>,
  preTokenizer: PreTokenizer,
  options: TrainTokenizerOptions,
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

function createBackend(
  preTokenizer: PreTokenizer,
  options: TrainTokenizerOptions,
): CountingBackend | undefined {
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
