/**
 * Rotary tables that grow with the positions in use: a window may be of ten million tokens, and a
 * conversation has some hundred.
 */
import type { RotaryTables } from '../../attention/rotary-positions.js';
import type { ModelConfig } from '../../config/model-config.js';

/** Positions of the first tables, where the window is not smaller. */
const firstPositions = 512;

export class GrowingRotaryTables {
  #tables: (RotaryTables & { readonly positions: number }) | undefined;

  /** `make` gives the tables of positions 0…count−1. */
  constructor(
    private readonly config: ModelConfig,
    private readonly make: (config: ModelConfig, count: number) => RotaryTables,
  ) {}

  /** The same object until more positions are needed than it has. */
  atLeast(count: number): RotaryTables & { readonly positions: number } {
    const { contextLength } = this.config;
    if (this.#tables === undefined || this.#tables.positions < Math.min(count, contextLength)) {
      let positions = Math.min(contextLength, firstPositions);
      while (positions < count) positions = Math.min(contextLength, 2 * positions);
      this.#tables = { positions, ...this.make(this.config, positions) };
    }
    return this.#tables;
  }
}
