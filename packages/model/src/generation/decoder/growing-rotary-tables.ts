/**
 * Rotary tables that grow with the positions in use: a window may be of ten million tokens, and a
 * conversation has some hundred.
 */
import type { HostTensor } from '@llm/graph';
import { float32 } from '../../architecture/host-tensors.js';
import {
  type RotaryConfig,
  type RotaryKind,
  type RotaryTables,
  rotaryKinds,
} from '../../attention/rotary-positions.js';
import type { ModelConfig } from '../../config/model-config.js';

/** Positions of the first tables, where the window is not smaller. */
const firstPositions = 512;

/** By input name of the decode graph; none for learned positions. */
export type RotaryFeeds = Readonly<Record<string, HostTensor>>;

export class GrowingRotaryTables {
  #positions = 0;
  #feeds: RotaryFeeds = {};

  /** `make` gives the tables of positions 0…count−1. */
  constructor(
    private readonly config: ModelConfig,
    private readonly make: (config: RotaryConfig, count: number) => RotaryTables,
  ) {}

  /** The same object until more positions are needed than it has. */
  atLeast(count: number): RotaryFeeds {
    const { contextLength } = this.config;
    if (this.#positions < Math.min(count, contextLength)) {
      this.#positions = Math.min(contextLength, firstPositions);
      while (this.#positions < count) this.#positions = Math.min(contextLength, 2 * this.#positions);
      this.#feeds = Object.fromEntries(rotaryKinds(this.config).flatMap((kind) => this.#feedsOf(kind)));
    }
    return this.#feeds;
  }

  #feedsOf({ prefix, config }: RotaryKind): [string, HostTensor][] {
    const positions = this.#positions;
    return Object.entries(this.make(config, positions)).map(([name, table]) => [
      prefix + name,
      float32(table, [positions, table.length / positions]),
    ]);
  }
}
