/** Models that the server itself computes, those of `--model`: `GET models`; they answer at `/v1/`. */
import type { SamplingChoice } from '@llm/assistant';

export interface ServerModel {
  readonly name: string;
  readonly canChat: boolean;
  readonly contextLength: number;
  readonly parameterCount: number;
  readonly depth: number;
  readonly heads: number;
  readonly defaults: SamplingChoice;
}
