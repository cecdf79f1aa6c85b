import type { JsonValue } from './json.js';

/** One clean text: what the data stage produces and the tokenizer and the model consume. */
export interface Document {
  /** Unique within its corpus and the same in every run over the same input. */
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}
