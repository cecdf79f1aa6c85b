/** The thread behind `createCountingWorkers`: counts pieces of the texts it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { createPreTokenizer } from '../pretokenize/pre-tokenizer.js';
import { PieceCounter } from '../train/piece-counter.js';

export type WorkerRequest = { readonly texts: readonly string[] } | { readonly collect: true };

const preTokenizer = createPreTokenizer({ source: (workerData as { pattern: string }).pattern });
let counter = new PieceCounter(preTokenizer);

parentPort?.on('message', (request: WorkerRequest) => {
  if ('texts' in request) {
    for (const text of request.texts) counter.add(text);
    parentPort?.postMessage({ byteSize: counter.byteSize });
    return;
  }
  const counts = counter.toCounts();
  counter = new PieceCounter(preTokenizer);
  parentPort?.postMessage({ counts, byteSize: 0 }, [
    counts.bytes.buffer,
    counts.lengths.buffer,
    counts.counts.buffer,
  ] as ArrayBuffer[]);
});
