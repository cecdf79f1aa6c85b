/**
 * Text in, text out, piece by piece: the tokens of one row as an async iterator of text that never splits a character and
 * never shows the beginning of a stop string. Left out: several rows at once (use `generate` with `onToken`).
 */
import type { Completion, GenerateOptions, LanguageModel, Tokenizer } from '@llm/core';

export interface GenerateTextOptions extends Omit<GenerateOptions, 'onToken' | 'forceTokens' | 'signal'> {
  /** Generation ends when the text contains one of these; it is not part of the result. */
  readonly stopStrings?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TextPiece {
  readonly text: string;
  /** With the last piece, which may be empty: why it ended. */
  readonly stopReason?: Completion['stopReason'] | undefined;
}

/** Continues `prompt`. Leaving the loop early stops the generation. */
export async function* generateText(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompt: Int32Array,
  options: GenerateTextOptions,
): AsyncGenerator<TextPiece, void, undefined> {
  const { stopStrings = [], ...rest } = options;
  const stop = new AbortController();
  const forward = (): void => stop.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forward, { once: true });
  if (options.signal?.aborted) forward();

  const gate = new StopStringGate(stopStrings);
  const bytes = new TextDecoder();
  const ready: string[] = [];
  let wake: (() => void) | undefined;
  let stopped = false;
  let outcome: { readonly completion?: Completion | undefined; readonly error?: unknown } | undefined;
  const finish = (result: typeof outcome): void => {
    outcome = result;
    wake?.();
  };
  const push = (text: string): void => {
    if (stopped) return;
    const shown = gate.push(text);
    if (shown !== '') ready.push(shown);
    if (gate.found) {
      stopped = true;
      stop.abort();
    }
    wake?.();
  };
  model
    .generate([prompt], {
      ...rest,
      signal: stop.signal,
      // A stream decoder holds back bytes until they are a character.
      onToken: (_, id) => push(bytes.decode(tokenizer.decodeBytes([id]), { stream: true })),
    })
    .then(
      ([completion]) => finish({ completion: completion! }),
      (error: unknown) => finish({ error }),
    );

  try {
    for (;;) {
      while (ready.length > 0) yield { text: ready.shift()! };
      if (stopped) return yield { text: '', stopReason: 'stop' };
      if (outcome !== undefined) break;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (outcome.error !== undefined) throw outcome.error;
    const rest = gate.push(bytes.decode()) + gate.flush();
    yield { text: rest, stopReason: gate.found ? 'stop' : outcome.completion!.stopReason };
  } finally {
    stop.abort();
    options.signal?.removeEventListener('abort', forward);
  }
}

/** Lets text through up to the first stop string, and holds back an end that may be the beginning of one. */
export class StopStringGate {
  found = false;
  #held = '';

  constructor(readonly stopStrings: readonly string[]) {}

  /** What may be shown now. */
  push(text: string): string {
    if (this.found) return '';
    const all = this.#held + text;
    let first = all.length;
    for (const stop of this.stopStrings) {
      const at = stop === '' ? -1 : all.indexOf(stop);
      if (at < 0 || at >= first) continue;
      first = at;
      this.found = true;
    }
    if (this.found) {
      this.#held = '';
      return all.slice(0, first);
    }
    const keep = this.#longestBeginning(all);
    this.#held = all.slice(all.length - keep);
    return all.slice(0, all.length - keep);
  }

  /** What was held back when no more text comes. */
  flush(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }

  #longestBeginning(text: string): number {
    let keep = 0;
    for (const stop of this.stopStrings)
      for (let length = Math.min(stop.length - 1, text.length); length > keep; length--)
        if (text.endsWith(stop.slice(0, length))) keep = length;
    return keep;
  }
}
