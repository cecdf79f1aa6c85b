/** A pattern's text while it is read, and the errors about it. */
import { LlmError } from '@llm/core';

export class PatternSource {
  position = 0;

  constructor(readonly text: string) {}

  /** The character at the position, '' at the end. */
  get next(): string {
    const codePoint = this.text.codePointAt(this.position);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The next character, which is passed over. */
  take(): string {
    const { next } = this;
    this.position += next.length;
    return next;
  }

  /** Passes over `text` if it comes next. */
  accept(text: string): boolean {
    if (!this.text.startsWith(text, this.position)) return false;
    this.position += text.length;
    return true;
  }

  /** What a sticky expression finds here, which is passed over. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.position;
    const found = expression.exec(this.text);
    if (found === null) return undefined;
    this.position += found[0].length;
    return found;
  }

  unsupported(what: string): LlmError {
    return new LlmError({
      code: 'tokenizer/pattern-unsupported',
      message: `The pattern ${quote(this.text)} has ${what} near character ${this.position}, which is not read here.`,
      details: { pattern: this.text.slice(0, 200), position: this.position },
    });
  }
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
