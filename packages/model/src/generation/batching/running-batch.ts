/**
 * Calls of `generate` that run at the same time share one batch, which rows join and leave between two tokens
 * (continuous batching: Orca, Yu et al. 2022). First come, first served. Prompts are read in a batch of their
 * own, in pieces, so that rows on their way wait for a piece and not for a prompt. Where the rows outgrow the
 * memory, the one that came last makes room and later reads its tokens again (as in vLLM). A call that is
 * alone computes what its rows need, in the order of its rows, and nothing else. Left out: rows of different
 * lengths cost as much memory and attention as the longest.
 */
import type { ModelConfig } from '../../config/model-config.js';
import type { Decoder, DecoderBatch, RowScores } from '../decoder/decoder.js';
import type { CacheMemory } from './cache-memory.js';
import { type Call, isLive, type Row } from './call.js';
import type { GenerationCounters } from './generation-statistics.js';
import type { PrefixCache } from './prefix-cache.js';
import { PromptReading } from './prompt-reading.js';

/**
 * Prompt tokens read between two steps of running rows; and calls that wait are read together where their
 * prompts come to no more, padded.
 */
const promptTokensBetweenSteps = 128;

export interface BatchParts {
  readonly config: ModelConfig;
  readonly decoder: Decoder;
  readonly memory: CacheMemory;
  readonly prefixes: PrefixCache | undefined;
  readonly counters: GenerationCounters;
}

export class RunningBatch {
  /** Rows that join together, those that came first first. */
  #waiting: (readonly Row[])[] = [];
  #reading: PromptReading | undefined;
  #batch: DecoderBatch | undefined;
  /** The rows of `#batch`. */
  #rows: Row[] = [];
  /** In the order in which they came. */
  readonly #arrivals = new Map<Call, number>();
  #arrived = 0;
  #run: Promise<void> | undefined;
  /** Some rows were begun under older parameters. */
  #mixed = false;
  readonly #unwatch: () => void;

  constructor(private readonly parts: BatchParts) {
    this.#unwatch = parts.counters.watch(() => this.#occupancy());
  }

  /** Continues the rows of a call; see `Call.done`. */
  continue(call: Call): Promise<void> {
    this.#arrivals.set(call, this.#arrived++);
    this.#waiting.push(call.rows);
    this.#run ??= this.#untilIdle();
    return call.done.finally(() => this.#arrivals.delete(call));
  }

  /** After the parameters have changed: what was read until now is of no use for prompts to come. */
  forgetPrefixes(): void {
    this.#mixed = this.#run !== undefined;
    if (!this.#mixed) this.parts.prefixes?.clear();
  }

  get #prefixes(): PrefixCache | undefined {
    return this.#mixed ? undefined : this.parts.prefixes;
  }

  /** When no call is left. */
  async dispose(): Promise<void> {
    await this.#run;
    this.parts.prefixes?.clear();
    this.#unwatch();
    await this.parts.decoder.dispose();
  }

  async #untilIdle(): Promise<void> {
    // Calls of the same moment are read together.
    await Promise.resolve();
    for (;;) {
      // Not while one of them is being copied.
      if (this.#mixed) this.parts.prefixes?.clear();
      this.#dropAborted();
      await this.#read();
      await this.#step();
      if (this.#waiting.length === 0 && this.#reading === undefined && this.#batch === undefined) break;
    }
    this.#run = undefined;
    if (this.#mixed) this.parts.prefixes?.clear();
    this.#mixed = false;
  }

  #dropAborted(): void {
    for (const call of this.#arrivals.keys()) call.failIfAborted();
    this.#waiting = this.#waiting.filter((rows) => rows.some(isLive));
  }

  /** Begins to read the next prompts, or goes on; rows join the batch when they have been read. */
  async #read(): Promise<void> {
    const { config, decoder, counters } = this.parts;
    let rows = this.#reading?.rows ?? this.#admitted();
    if (rows.length === 0) return;
    try {
      if (this.#reading === undefined) {
        this.#reading = await PromptReading.begin(config, decoder, rows, this.#prefixes);
        counters.reusedTokens += this.#reading.reused;
      }
      const reading = this.#reading;
      if (!(await reading.dropEnded())) return this.#endReading();
      rows = reading.rows;
      const most = this.#batch === undefined ? Number.POSITIVE_INFINITY : promptTokensBetweenSteps;
      counters.promptTokens += await reading.readPiece(most);
      if (!reading.isDone) return;
      if (this.#prefixes !== undefined) await reading.keep(this.#prefixes);
      const scores = await reading.spread();
      for (const [index, row] of rows.entries()) this.#advance(row, scores[index]!);
    } catch (error) {
      this.#endReading();
      failAll(rows, error);
      return;
    }
    await this.#join(this.#reading!);
  }

  #endReading(): void {
    this.#reading?.batch.dispose();
    this.#reading = undefined;
  }

  /** Rows that may be read now: those that wait longest, and what fits beside them. */
  #admitted(): readonly Row[] {
    const rows: Row[] = [];
    const { memory } = this.parts;
    while (this.#waiting.length > 0) {
      const next = [...rows, ...this.#waiting[0]!.filter(isLive)];
      const longest = Math.max(...next.map(({ continuation }) => continuation.length));
      const count = this.#rows.length + next.length;
      const alone = this.#rows.length + rows.length === 0;
      if (!alone && !memory.admits(count, Math.max(longest, this.#longest))) break;
      if (rows.length > 0 && next.length * longest > promptTokensBetweenSteps) break;
      rows.push(...next.slice(rows.length));
      this.#waiting.shift();
    }
    return rows;
  }

  get #longest(): number {
    return Math.max(0, ...(this.#batch?.lengths ?? []));
  }

  async #join(reading: PromptReading): Promise<void> {
    this.#reading = undefined;
    const rows = [...this.#rows, ...reading.rows];
    try {
      if (this.#batch === undefined) this.#batch = reading.batch;
      else await this.#batch.join(reading.batch);
      this.#rows = rows;
    } catch (error) {
      reading.batch.dispose();
      this.#end(rows, error);
    }
  }

  /** One more token for every row. */
  async #step(): Promise<void> {
    this.#dropAborted();
    try {
      this.#makeRoom();
      await this.#dropEnded();
      if (this.#batch !== undefined) await this.#readTokens(this.#batch);
    } catch (error) {
      this.#end(this.#rows, error);
    }
  }

  #end(rows: readonly Row[], error: unknown): void {
    this.#batch?.dispose();
    this.#batch = undefined;
    this.#rows = [];
    failAll(rows, error);
  }

  async #readTokens(batch: DecoderBatch): Promise<void> {
    const rows = this.#rows.map(({ continuation }) => continuation);
    // As many tokens as every row still has to read: no padding, and a lone row reads a forced text at once.
    const time = Math.min(...rows.map(({ pending }) => pending.length));
    const scores = await batch.read(
      rows.map(({ pending }) => pending.slice(0, time)),
      // A row that goes on reading draws nothing.
      rows.map((row) => (row.pending.length === time ? row.request() : undefined)),
    );
    for (const [index, row] of this.#rows.entries()) {
      const { continuation } = row;
      continuation.pending = continuation.pending.slice(time);
      if (continuation.pending.length === 0) this.#advance(row, scores[index]!);
    }
  }

  /** What a callback of the caller throws ends that call alone. */
  #advance({ call, continuation }: Row, scores: RowScores): void {
    if (call.ended) return;
    try {
      continuation.advance(scores);
      this.parts.counters.drawnTokens++;
      call.endIfComplete();
    } catch (error) {
      call.fail(error);
    }
  }

  /** Rows that came last wait again, where the others would not fit with one more token. */
  #makeRoom(): void {
    const live = this.#rows.filter(isLive);
    const { memory } = this.parts;
    while (live.length > 1 && !memory.holds(live.length, this.#longest + 1)) {
      const last = live.reduce((a, b) =>
        this.#arrivals.get(b.call)! >= this.#arrivals.get(a.call)! ? b : a,
      );
      live.splice(live.indexOf(last), 1);
      last.continuation.pending = [];
      this.#waiting.unshift([last]);
    }
  }

  /** Rows that have ended or made room leave the batch: the last ones take their places. */
  async #dropEnded(): Promise<void> {
    const kept = [...this.#rows.keys()];
    for (let row = this.#rows.length - 1; row >= 0; row--) {
      const { continuation } = this.#rows[row]!;
      if (isLive(this.#rows[row]!) && continuation.pending.length > 0) continue;
      if (continuation.stopReason !== undefined) await this.#keep(row, continuation.tokens);
      kept[row] = kept.at(-1)!;
      kept.pop();
    }
    if (kept.length === this.#rows.length) return;
    this.#rows = kept.map((row) => this.#rows[row]!);
    if (kept.length > 0) return this.#batch!.select(kept);
    this.#batch!.dispose();
    this.#batch = undefined;
  }

  /** The last token of a row that has ended was not read. */
  async #keep(row: number, tokens: Int32Array): Promise<void> {
    await this.#prefixes?.keep(this.#batch!, row, tokens.slice(0, this.#batch!.lengths[row]));
  }

  #occupancy(): { rowsActive: number; rowsWaiting: number; cacheBytes: number } {
    const { memory, prefixes } = this.parts;
    const read = this.#reading?.rows.length ?? 0;
    return {
      rowsActive: this.#rows.length + read,
      rowsWaiting: this.#waiting.reduce((sum, { length }) => sum + length, 0),
      cacheBytes:
        memory.bytes(this.#rows.length, this.#longest) +
        (read === 0 ? 0 : memory.bytes(read, this.#reading!.longest)) +
        (prefixes?.bytes ?? 0),
    };
  }
}

function failAll(rows: readonly Row[], error: unknown): void {
  for (const call of new Set(rows.map((row) => row.call))) call.fail(error);
}
