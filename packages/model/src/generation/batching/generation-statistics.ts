/** What a server reports of generation: how full the running batch is, and what was done since the start. */

export interface GenerationStatistics {
  /** Rows in the batch, those whose prompts are being read among them. */
  readonly rowsActive: number;
  /** Rows that wait for memory, or for their turn to be read. */
  readonly rowsWaiting: number;
  /** Keys and values of the rows in the batch and of the prefix cache, in bytes. */
  readonly cacheBytes: number;
  /** Tokens of prompts that were read; a row that had to make room reads its own again. */
  readonly promptTokens: number;
  /** Tokens of prompts that were taken from the prefix cache instead. */
  readonly reusedTokens: number;
  /** Tokens that were drawn; forced ones are not counted. */
  readonly drawnTokens: number;
}

/** Of all batches of a model: that of old parameters may still be running. */
export class GenerationCounters {
  promptTokens = 0;
  reusedTokens = 0;
  drawnTokens = 0;
  readonly #batches = new Set<() => Occupancy>();

  /** `occupancy` tells of one batch from now on, until what this returns is called. */
  watch(occupancy: () => Occupancy): () => void {
    this.#batches.add(occupancy);
    return () => this.#batches.delete(occupancy);
  }

  get statistics(): GenerationStatistics {
    const all = [...this.#batches].map((occupancy) => occupancy());
    const sum = (of: keyof Occupancy): number => all.reduce((total, one) => total + one[of], 0);
    const { promptTokens, reusedTokens, drawnTokens } = this;
    return {
      rowsActive: sum('rowsActive'),
      rowsWaiting: sum('rowsWaiting'),
      cacheBytes: sum('cacheBytes'),
      promptTokens,
      reusedTokens,
      drawnTokens,
    };
  }
}

type Occupancy = Pick<GenerationStatistics, 'rowsActive' | 'rowsWaiting' | 'cacheBytes'>;
