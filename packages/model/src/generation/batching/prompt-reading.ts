/**
 * Prompts of some rows on their way into the model, a piece at a time, in a batch of their own. Equal ones
 * are read once.
 */
import type { ModelConfig } from '../../config/model-config.js';
import { logitsRequest } from '../continuation.js';
import type { Decoder, DecoderBatch, RowScores } from '../decoder/decoder.js';
import { isLive, type Row } from './call.js';
import type { PrefixCache } from './prefix-cache.js';

/** A piece has at most so many tokens, and attention scores, in all prompts together. */
const tokensAtOnce = 4096;
const scoresAtOnce = 2 ** 26;

interface Prompt {
  readonly tokens: Int32Array;
  /** How many of them the batch has read. */
  read: number;
  scores?: RowScores | undefined;
}

export class PromptReading {
  private constructor(
    private readonly config: ModelConfig,
    private readonly pieceLength: number,
    readonly batch: DecoderBatch,
    /** Of the rows of `batch`. */
    private prompts: readonly Prompt[],
    /** Each with its prompt. */
    private members: readonly { readonly row: Row; readonly prompt: Prompt }[],
    /** Tokens that need not be read, because others have read them. */
    readonly reused: number,
  ) {}

  static async begin(
    config: ModelConfig,
    decoder: Decoder,
    rows: readonly Row[],
    prefixes: PrefixCache | undefined,
  ): Promise<PromptReading> {
    const known = new Map<string, Prompt>();
    let members = rows.map((row) => {
      const { tokens } = row.continuation;
      const key = tokens.join(' ');
      const prompt = known.get(key) ?? { tokens, read: 0 };
      known.set(key, prompt);
      return { row, prompt };
    });
    let prompts = [...known.values()];
    const found = prompts.map((prompt) => ({ prompt, prefix: prefixes?.find(prompt.tokens) }));
    const hits = found.filter(({ prefix }) => prefix !== undefined);
    const tokens = Math.max(...rows.map(({ continuation }) => continuation.longest));
    const batch = decoder.begin(prompts.length - hits.length, tokens);
    try {
      for (const { prompt, prefix } of hits) {
        await batch.join(await prefix!.copy());
        prompt.read = prefix!.length;
      }
    } catch (error) {
      batch.dispose();
      throw error;
    }
    if (hits.length > 0) {
      prompts = [...prompts.filter(({ read }) => read === 0), ...hits.map(({ prompt }) => prompt)];
      members = prompts.flatMap((prompt) => members.filter((member) => member.prompt === prompt));
    }
    const reused = hits.reduce((sum, { prompt }) => sum + prompt.read, 0);
    return new PromptReading(config, decoder.pieceLength, batch, prompts, members, reused);
  }

  get rows(): readonly Row[] {
    return this.members.map(({ row }) => row);
  }

  get longest(): number {
    return Math.max(...this.prompts.map(({ tokens }) => tokens.length));
  }

  get isDone(): boolean {
    return this.prompts.every(({ tokens, read }) => read === tokens.length);
  }

  /** Leaves out rows whose call has ended; false where none is left. */
  async dropEnded(): Promise<boolean> {
    const members = this.members.filter(({ row }) => isLive(row));
    if (members.length === this.members.length) return true;
    const used = new Set(members.map(({ prompt }) => prompt));
    const kept = this.prompts.flatMap((prompt, row) => (used.has(prompt) ? [row] : []));
    if (kept.length > 0 && kept.length < this.prompts.length) await this.batch.select(kept);
    this.prompts = kept.map((row) => this.prompts[row]!);
    this.members = members;
    return kept.length > 0;
  }

  /** Reads the next piece, of at most `most` tokens in all; returns how many it read. */
  async readPiece(most: number): Promise<number> {
    const { heads } = this.config;
    const together = Math.min(most, tokensAtOnce, scoresAtOnce / (heads * this.longest));
    const piece = Math.max(1, Math.min(this.pieceLength, Math.floor(together / this.prompts.length)));
    const pieces = this.prompts.map(({ tokens, read }) => tokens.subarray(read, read + piece));
    const scores = await this.batch.read(
      pieces,
      this.prompts.map(({ tokens, read }, row) =>
        pieces[row]!.length > 0 && read + pieces[row]!.length === tokens.length ? logitsRequest : undefined,
      ),
    );
    for (const [row, prompt] of this.prompts.entries()) {
      prompt.read += pieces[row]!.length;
      if (scores[row]!.logits !== undefined) prompt.scores = scores[row];
    }
    return pieces.reduce((sum, { length }) => sum + length, 0);
  }

  /** Keeps what the batch has read for prompts that begin alike. */
  async keep(prefixes: PrefixCache): Promise<void> {
    for (const [row, { tokens }] of this.prompts.entries()) await prefixes.keep(this.batch, row, tokens);
  }

  /** When it is done: one row of the batch for each of `rows`; returns the scores after each. */
  async spread(): Promise<RowScores[]> {
    const numbers = this.members.map(({ prompt }) => this.prompts.indexOf(prompt));
    if (this.prompts.length < numbers.length) await this.batch.select(numbers);
    return numbers.map((number) => this.prompts[number]!.scores!);
  }
}
