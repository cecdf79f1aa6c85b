/** The smallest parts of a grammar: what is written without a place where another part could begin. */

export interface Terminal {
  /** Equal for terminals that accept the same, whatever grammar they are in: what is known of one is kept. */
  readonly key: string;
  readonly start: number;
  /** The state after a byte; negative where there is none. From every state an end can be reached. */
  step(state: number, byte: number): number;
  isAccepting(state: number): boolean;
  /** A state from which tokens of at most `longest` bytes see the same. */
  alike(state: number, longest: number): number;
}

/** A text that is given. */
export class LiteralTerminal implements Terminal {
  readonly key: string;
  readonly start = 0;
  readonly #bytes: Uint8Array;

  constructor(text: string) {
    this.key = `literal ${text}`;
    this.#bytes = new TextEncoder().encode(text);
  }

  step(state: number, byte: number): number {
    return this.#bytes[state] === byte ? state + 1 : -1;
  }

  isAccepting(state: number): boolean {
    return state === this.#bytes.length;
  }

  alike(state: number): number {
    return state;
  }
}

/** A control token, which has no bytes. */
export class TokenTerminal implements Terminal {
  readonly key: string;
  readonly start = 0;

  constructor(readonly id: number) {
    this.key = `token ${id}`;
  }

  step(): number {
    return -1;
  }

  isAccepting(state: number): boolean {
    return state === 1;
  }

  alike(state: number): number {
    return state;
  }
}
