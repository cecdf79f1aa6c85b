/** An `Output` that keeps what was written, for tests. */
import { Writable } from 'node:stream';
import type { Output } from '../terminal/output.js';

export interface CapturedOutput extends Output {
  readonly stdout: Writable;
  readonly stderr: Writable;
  out(): string;
  err(): string;
}

export function captureOutput(): CapturedOutput {
  const texts = { out: '', err: '' };
  const stream = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[name] += chunk.toString();
        done();
      },
    });
  return { stdout: stream('out'), stderr: stream('err'), out: () => texts.out, err: () => texts.err };
}
