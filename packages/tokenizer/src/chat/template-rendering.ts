/** One conversation on its way through a template, to ids and the mask of what the assistant says. */
import { LlmError, type RenderedConversation } from '@llm/core';
import type { BpeTokenizer, EncodeOptions } from '../bpe-tokenizer.js';
import type { TemplateMessage } from './template-messages.js';
import type { TokenGuard } from './token-guard.js';

/** A message whose objects are `Map`s where the order of keys counts. */
export type GuardedMessage = Pick<TemplateMessage, 'role'> & Readonly<Record<string, unknown>>;

type Before = NonNullable<EncodeOptions['after']>;

export class TemplateRendering {
  constructor(
    readonly tokenizer: BpeTokenizer,
    readonly guard: TokenGuard,
    readonly mark: string,
    readonly messages: readonly GuardedMessage[],
    /** The template's text of the first `count` messages. */
    readonly text: (count: number, isPrompt: boolean) => string,
  ) {}

  encode(isPrompt: boolean): RenderedConversation {
    const text = this.text(this.messages.length, isPrompt);
    const ids: number[] = [];
    const mask: number[] = [];
    // What the part before ended with, for tokenizers that put a space before a text.
    let after: Before = 'nothing';
    const tokenEnds = new Set(this.guard.find(text).map(({ end }) => end));
    const append = (start: number, end: number, trained: 0 | 1): void => {
      for (const id of this.encodeText(text.slice(start, end), after)) {
        ids.push(id);
        mask.push(trained);
      }
      if (end > start) after = tokenEnds.has(end) ? 'token' : 'text';
    };
    let last = 0;
    for (const { start, end } of this.turns(text, isPrompt)) {
      append(last, start, 0);
      append(start, end, 1);
      last = end;
    }
    append(last, text.length, 0);
    return { ids: Int32Array.from(ids), mask: Uint8Array.from(mask) };
  }

  /**
   * Where each assistant message begins, after the prompt that asks for it, and where it ends, with its last
   * control token. A prompt is not trained on: there a turn that the template writes otherwise once the
   * conversation goes on (without its thinking, say) is text like any other.
   */
  turns(text: string, isPrompt: boolean): { start: number; end: number }[] {
    const controls = this.guard.find(text).filter(({ id }) => this.isControl(id));
    return this.messages.flatMap(({ role }, i) => {
      if (role !== 'assistant') return [];
      const prompt = this.text(i, true);
      if (!text.startsWith(prompt)) {
        if (isPrompt) return [];
        throw invalidTemplate(
          `the chat template renders what comes before message ${i} differently once the conversation goes on, so that a prompt is not the beginning of what is trained on`,
        );
      }
      const close = commonLength(text, this.text(i + 1, false));
      const last = controls.findLast(({ start, end }) => start >= prompt.length && end <= close);
      return [{ start: prompt.length, end: Math.max(prompt.length, last?.end ?? close) }];
    });
  }

  /** `after`: what stands before the text. */
  encodeText(text: string, before: Before): number[] {
    const ids: number[] = [];
    let after = before;
    let last = 0;
    const ordinary = (end: number): void => {
      const plain = this.guard.unmark(text.slice(last, end), this.mark);
      for (const id of this.tokenizer.encode(plain, { allowAdded: false, after })) ids.push(id);
    };
    for (const { id, start, end } of this.guard.find(text)) {
      ordinary(start);
      ids.push(id);
      after = 'token';
      last = end;
    }
    ordinary(text.length);
    return ids;
  }

  isControl(id: number): boolean {
    return this.tokenizer.byteLength(id) === 0;
  }
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length++;
  return length;
}

/** A `tokenizer/template-invalid` error. */
export function invalidTemplate(problem: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'tokenizer/template-invalid',
    message: `${problem}.`,
    cause,
  });
}
