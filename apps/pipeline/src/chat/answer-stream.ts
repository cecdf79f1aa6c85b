/**
 * Token ids to text that can be printed as it comes. A character whose bytes
 * are spread over several tokens is held back until it is whole; control
 * tokens are not shown, except that a tool call reads ⟨calculator 12+30 → 42⟩.
 */
import type { Tokenizer } from '@llm/core';

const shownControls: Readonly<Record<string, string>> = {
  '<|tool_call_start|>': '⟨',
  '<|tool_call_end|>': '',
  '<|tool_output_start|>': ' → ',
  '<|tool_output_end|>': '⟩',
};

export class AnswerStream {
  readonly #tokenizer: Tokenizer;
  readonly #controls: ReadonlyMap<number, string>;
  #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(tokenizer: Tokenizer) {
    this.#tokenizer = tokenizer;
    this.#controls = new Map(
      [...tokenizer.specialTokens].map(([text, id]) => [id, shownControls[text] ?? '']),
    );
  }

  /** What can be printed now; empty while a character is incomplete. */
  push(id: number): string {
    // Rows that pad a model's vocabulary stand for nothing.
    if (id >= this.#tokenizer.vocabularySize) return '';
    const control = this.#controls.get(id);
    if (control !== undefined) return this.end() + control;
    return this.#decoder.decode(this.#tokenizer.decodeBytes([id]), { stream: true });
  }

  /** What was held back; bytes that never became a character are shown as U+FFFD. */
  end(): string {
    const rest = this.#decoder.decode();
    this.#decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    return rest;
  }
}

/** A finished answer as one text. */
export function answerText(tokenizer: Tokenizer, ids: ArrayLike<number>): string {
  const stream = new AnswerStream(tokenizer);
  return (
    Array.from(ids)
      .map((id) => stream.push(id))
      .join('') + stream.end()
  );
}
