/**
 * Text in, text out, piece by piece: the tokens of one row as an async iterator of text that never splits a
 * character and never shows the beginning of a stop string. Left out: several rows at once.
 */
import type { Completion, GenerateOptions, LanguageModel, Tokenizer } from '@llm/core';
import { StopStringGate } from './stop-strings.js';

export interface GenerateTextOptions extends Omit<GenerateOptions, 'onToken' | 'forceTokens'> {
  /** Generation ends when the text contains one of these; it is not part of the result. */
  readonly stopStrings?: readonly string[] | undefined;
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
  // A mark at the beginning is part of the text.
  const bytes = new TextDecoder('utf-8', { ignoreBOM: true });
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
      // Rows that pad the model's vocabulary are no tokens.
      vocabularySize: rest.vocabularySize ?? tokenizer.vocabularySize,
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
