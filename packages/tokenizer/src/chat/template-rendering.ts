/** One conversation on its way through a template, to ids and the mask of what the assistant says. */
import { LlmError, type RenderedConversation } from '@llm/core';
import type { BpeTokenizer, EncodeOptions } from '../bpe-tokenizer.js';
import type { TemplateMessage } from './template-messages.js';
import type { TokenGuard } from './token-guard.js';

/** A message whose objects are `Map`s where the order of keys counts. */
export type GuardedMessage = Pick<TemplateMessage, 'role'> & Readonly<Record<string, unknown>>;

type Before = NonNullable<EncodeOptions['after']>;

/** A conversation in the words of its template. */
export interface TemplatedConversation {
  readonly messages: readonly GuardedMessage[];
  /** Of the first `count` messages. */
  readonly text: (count: number, isPrompt: boolean) => string;
  /**
   * The text of all messages: what stands before them, of each (of one at the beginning there may be none),
   * and what stands behind. Undefined where the template writes a message otherwise once others follow.
   */
  readonly pieces?: ((isPrompt: boolean) => string[]) | undefined;
}

export class TemplateRendering {
  constructor(
    readonly tokenizer: BpeTokenizer,
    readonly guard: TokenGuard,
    readonly mark: string,
    readonly conversation: TemplatedConversation,
  ) {}

  encode(isPrompt: boolean): RenderedConversation {
    const { messages } = this.conversation;
    const text = this.conversation.text(messages.length, isPrompt);
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
    const beginnings = this.beginnings(text, isPrompt);
    let control = 0;
    return this.conversation.messages.flatMap(({ role }, i) => {
      if (role !== 'assistant') return [];
      const { start, close } = beginnings(i);
      if (start === undefined) {
        if (isPrompt) return [];
        throw invalidTemplate(
          `the chat template renders what comes before message ${i} differently once the conversation goes on, so that a prompt is not the beginning of what is trained on`,
        );
      }
      let end: number | undefined;
      for (; control < controls.length && controls[control]!.end <= close; control++)
        if (controls[control]!.start >= start) end = controls[control]!.end;
      return [{ start, end: Math.max(start, end ?? close) }];
    });
  }

  /**
   * For a message that is the assistant's: where it starts in `text`, behind its prompt (undefined where
   * `text` does not begin with that), and up to where `text` is that of the conversation that ends with it.
   */
  beginnings(
    text: string,
    isPrompt: boolean,
  ): (index: number) => { start: number | undefined; close: number } {
    const { messages, text: textOf, pieces } = this.conversation;
    const own = pieces?.(isPrompt);
    const other = pieces?.(!isPrompt);
    const skipped = messages.length - (own?.length ?? 0) + 2;
    const isKnown =
      own !== undefined &&
      other !== undefined &&
      own.join('') === text &&
      // The same but for what stands behind the messages.
      own.slice(0, -1).join('') === other.slice(0, -1).join('') &&
      messages.findIndex(({ role }) => role === 'assistant') > skipped;
    if (!isKnown)
      return (index) => {
        const prompt = textOf(index, true);
        return {
          start: text.startsWith(prompt) ? prompt.length : undefined,
          close: commonLength(text, textOf(index + 1, false)),
        };
      };
    const starts: number[] = [];
    let length = 0;
    for (const piece of own) {
      length += piece.length;
      starts.push(length);
    }
    const [asks, ends] = isPrompt ? [own.at(-1)!, other.at(-1)!] : [other.at(-1)!, own.at(-1)!];
    return (index) => {
      const before = starts[index - skipped]!;
      const behind = starts[index - skipped + 1]!;
      return {
        start: text.startsWith(asks, before) ? before + asks.length : undefined,
        close: behind + commonLength(text.slice(behind, behind + ends.length), ends),
      };
    };
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
