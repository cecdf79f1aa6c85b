/**
 * What a model writes, token by token, as text, thinking and calls. Nothing is shown that may be the
 * beginning of a mark or of a stop string; what turns out to be none is shown then.
 */
import type { BpeTokenizer, CallSyntax } from '@llm/tokenizer';
import { type CallForm, callForm, type ReadCall } from './call-form.js';
import type { ControlCharacters } from './control-characters.js';

export type AnswerPiece =
  | { readonly type: 'text' | 'thinking'; readonly text: string }
  | { readonly type: 'call'; readonly call: ReadCall };

export interface ThinkingMarks {
  readonly open: string;
  readonly close: string;
}

export interface AnswerReaderOptions {
  readonly thinking?: ThinkingMarks | undefined;
  /** The prompt ends after the mark that opens thinking. Default false. */
  readonly isThinking?: boolean | undefined;
  /** Default: calls are text. */
  readonly calls?: CallSyntax | undefined;
  readonly stop?: readonly string[] | undefined;
}

export class AnswerReader {
  /** A stop string was found: what comes after it is nothing. */
  isStopped = false;
  readonly #vocabularySize: number;
  readonly #decoder: ReturnType<BpeTokenizer['createStreamDecoder']>;
  readonly #controls: ControlCharacters;
  readonly #thinking: ThinkingMarks | undefined;
  readonly #calls: CallForm | undefined;
  readonly #stop: readonly string[];
  readonly #marks: readonly string[];
  #isThinking: boolean;
  /** Blank lines after a mark are the template's. */
  #skipsSpace: boolean;
  #hasText = false;
  #buffer = '';

  constructor(tokenizer: BpeTokenizer, controls: ControlCharacters, options: AnswerReaderOptions = {}) {
    const { thinking, calls, isThinking = false, stop = [] } = options;
    this.#vocabularySize = tokenizer.vocabularySize;
    this.#decoder = tokenizer.createStreamDecoder();
    this.#controls = controls;
    this.#stop = stop.filter((text) => text !== '');
    this.#thinking = thinking && {
      open: controls.written(thinking.open),
      close: controls.written(thinking.close),
    };
    this.#calls = calls && callForm(writtenSyntax(calls, controls));
    this.#marks = [...this.#stop, this.#thinking?.open ?? '', this.#calls?.open ?? ''].filter(Boolean);
    this.#isThinking = isThinking;
    this.#skipsSpace = isThinking;
  }

  push(id: number): AnswerPiece[] {
    // Rows that pad a model's vocabulary stand for nothing.
    if (this.isStopped || id >= this.#vocabularySize) return [];
    const control = this.#controls.of(id);
    this.#buffer += control === undefined ? this.#decoder.push(id) : this.#decoder.flush() + control;
    return this.#read(false);
  }

  /** What was held back. */
  end(): AnswerPiece[] {
    if (this.isStopped) return [];
    this.#buffer += this.#decoder.flush();
    return this.#read(true);
  }

  #read(isEnd: boolean): AnswerPiece[] {
    const pieces: AnswerPiece[] = [];
    for (let goesOn = true; goesOn && !this.isStopped; ) {
      if (this.#skipsSpace) this.#buffer = this.#buffer.trimStart();
      if (this.#buffer === '') break;
      this.#skipsSpace = false;
      goesOn = this.#isThinking ? this.#readThinking(pieces, isEnd) : this.#readText(pieces, isEnd);
    }
    return pieces;
  }

  /** Whether there may be more to read in what has come. */
  #readText(pieces: AnswerPiece[], isEnd: boolean): boolean {
    const calls = this.#calls;
    if (calls?.open === '' && !this.#hasText) {
      // A call without a mark is known by where it stands.
      const read = this.#readCall(pieces, 0, 0, isEnd);
      if (read !== 'none') return read === 'call';
    }
    const { at, mark } = firstOf(this.#buffer, this.#marks);
    if (mark === undefined) {
      const kept = isEnd ? 0 : heldBack(this.#buffer, this.#marks, calls !== undefined);
      this.#say(pieces, 'text', this.#buffer.length - kept);
      return false;
    }
    if (this.#stop.includes(mark)) {
      this.#say(pieces, 'text', at);
      this.isStopped = true;
    } else if (mark === calls?.open) {
      const read = this.#readCall(pieces, at, at + mark.length, isEnd);
      if (read !== 'none') return read === 'call';
      this.#say(pieces, 'text', at + mark.length);
    } else {
      this.#say(pieces, 'text', at);
      this.#buffer = this.#buffer.slice(mark.length);
      this.#isThinking = true;
      this.#skipsSpace = true;
    }
    return true;
  }

  #readThinking(pieces: AnswerPiece[], isEnd: boolean): boolean {
    const { close } = this.#thinking!;
    const at = this.#buffer.indexOf(close);
    const said = at < 0 ? this.#buffer : this.#buffer.slice(0, at);
    const kept = at >= 0 || isEnd ? trailingSpace(said) : heldBack(said, [close], true);
    this.#say(pieces, 'thinking', said.length - kept);
    if (at < 0) return false;
    this.#buffer = this.#buffer.slice(kept + close.length);
    this.#isThinking = false;
    this.#skipsSpace = true;
    return true;
  }

  /** `at`: where the mark begins, `start`: where the call's own text does. */
  #readCall(pieces: AnswerPiece[], at: number, start: number, isEnd: boolean): 'call' | 'open' | 'none' {
    const found = this.#calls!.read(this.#buffer, start, isEnd);
    if (found === undefined) return 'none';
    // Space before a call belongs to it.
    const spoken = at - trailingSpace(this.#buffer.slice(0, at));
    const rest = found === 'open' ? this.#buffer.slice(spoken) : this.#buffer.slice(found.end);
    this.#say(pieces, 'text', spoken);
    this.#buffer = rest;
    if (found === 'open') return 'open';
    for (const { name, arguments: input } of found.calls)
      pieces.push({
        type: 'call',
        call: { name: this.#controls.remove(name), arguments: this.#controls.remove(input) },
      });
    this.#hasText = false;
    this.#skipsSpace = true;
    return 'call';
  }

  #say(pieces: AnswerPiece[], type: 'text' | 'thinking', length: number): void {
    const text = this.#controls.remove(this.#buffer.slice(0, length));
    this.#buffer = this.#buffer.slice(length);
    if (text === '') return;
    if (type === 'text') this.#hasText ||= text.trim() !== '';
    pieces.push({ type, text });
  }
}

function writtenSyntax(calls: CallSyntax, controls: ControlCharacters): CallSyntax {
  const shape = (written: CallSyntax['json']): CallSyntax['json'] =>
    written && {
      ...written,
      middle: controls.written(written.middle),
      close: controls.written(written.close),
    };
  return {
    ...calls,
    open: controls.written(calls.open),
    json: shape(calls.json),
    text: shape(calls.text),
  };
}

/** The mark that begins first, of those the longest. */
function firstOf(text: string, marks: readonly string[]): { at: number; mark: string | undefined } {
  let at = text.length;
  let mark: string | undefined;
  for (const candidate of marks) {
    const found = text.indexOf(candidate);
    if (found < 0 || found > at || (found === at && candidate.length <= (mark?.length ?? 0))) continue;
    at = found;
    mark = candidate;
  }
  return { at, mark };
}

/**
 * How much of the end may be the beginning of a mark; `keepsSpace`: with the space before it, as a mark's
 * surroundings are not shown.
 */
function heldBack(text: string, marks: readonly string[], keepsSpace: boolean): number {
  let kept = 0;
  for (const mark of marks)
    for (let length = Math.min(mark.length - 1, text.length); length > kept; length--)
      if (text.endsWith(mark.slice(0, length))) kept = length;
  return keepsSpace ? kept + trailingSpace(text.slice(0, text.length - kept)) : kept;
}

function trailingSpace(text: string): number {
  return text.length - text.trimEnd().length;
}
