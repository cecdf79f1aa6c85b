/** The parts of an answer as text for a terminal: a tool call reads ⟨calculator 12+30 → 42⟩. */
import type { AnswerPart, ToolCall } from '@llm/assistant';

export class AnswerText {
  /** Calls whose output has not come yet. */
  readonly #waiting = new Map<string, ToolCall>();
  #isThinking = false;
  #endsWithWord = false;

  /** What can be printed now. */
  push(part: AnswerPart): string {
    const close = this.#isThinking && part.type !== 'thinking' && part.type !== 'tokens' ? '⟩\n' : '';
    if (close !== '') this.#isThinking = false;
    const text = close + this.#text(part);
    if (text !== '') this.#endsWithWord = /\S$/.test(text);
    return text;
  }

  #call({ name, arguments: input }: ToolCall, output: string): string {
    return `${this.#endsWithWord ? ' ' : ''}⟨${name} ${input}${output}⟩`;
  }

  #text(part: AnswerPart): string {
    switch (part.type) {
      case 'text':
        return part.text;
      case 'thinking': {
        const open = this.#isThinking ? '' : '⟨';
        this.#isThinking = true;
        return open + part.text;
      }
      case 'tool-call':
        this.#waiting.set(part.call.id, part.call);
        return '';
      case 'tool-output': {
        const call = this.#waiting.get(part.toolCallId);
        this.#waiting.delete(part.toolCallId);
        return call === undefined ? '' : this.#call(call, ` → ${part.text}`);
      }
      case 'end': {
        const calls = [...this.#waiting.values()];
        this.#waiting.clear();
        return calls.map((call) => this.#call(call, '')).join('');
      }
      default:
        return '';
    }
  }
}

/** A finished answer as one text. */
export async function answerText(parts: AsyncIterable<AnswerPart>): Promise<string> {
  const shown = new AnswerText();
  let text = '';
  for await (const part of parts) text += shown.push(part);
  return text;
}
