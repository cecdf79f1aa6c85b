/** What the room asks the worker that holds the model it looks into. */
import type { ModelInfo, ModelSource } from '../../models/model-calls.js';

export interface Likely {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
}

export interface Silenced {
  readonly layer: number;
  readonly head: number;
}

export interface Look {
  /** How each token is written; the first may be one that begins every text. */
  readonly tokens: readonly string[];
  readonly ids: Int32Array;
  readonly width: number;
  readonly feedForwardWidth: number;
  /** depth + 1 of [time, width] */
  readonly stream: readonly Float32Array[];
  /** depth of [heads, time, time] */
  readonly attention: readonly Float32Array[];
  /** depth of [time, feedForwardWidth] */
  readonly activations: readonly Float32Array[];
  /** The most likely next tokens, by layer: as if it were the last. */
  readonly lens: readonly (readonly Likely[])[];
  /** Of the model itself, in bits. */
  readonly entropy: number;
}

export interface Step {
  /** Mean loss of the text's tokens, in nats, before and after. */
  readonly lossBefore: number;
  readonly lossAfter: number;
  readonly gradientNorm: number;
  readonly before: readonly Likely[];
  readonly after: readonly Likely[];
  /** By tensor: size of the change and of the weights, as root mean squares; the greatest share first. */
  readonly changes: readonly { readonly name: string; readonly change: number; readonly size: number }[];
}

export type InsideCalls = {
  readonly load: {
    readonly takes: { readonly source: ModelSource; readonly name: string };
    readonly says: { readonly done: number; readonly total: number };
    readonly gives: ModelInfo;
  };
  readonly look: {
    readonly takes: {
      readonly text: string;
      /** Of a token, whose next one the lens is about. Default: the last. */
      readonly position?: number | undefined;
      readonly silenced: readonly Silenced[];
    };
    readonly gives: Look;
  };
  /** Takes one step of gradient on the text, looks, and takes it back. */
  readonly step: {
    readonly takes: { readonly text: string; readonly learningRate: number };
    readonly gives: Step;
  };
};
