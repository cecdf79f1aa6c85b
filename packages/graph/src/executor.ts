/** Runs serialized graphs. Everything below this line of the stack is ONNX Runtime or the reference interpreter. */
import type { HostTensor } from './tensor.js';

/** Which operators a graph may use: `webgpu` lacks FusedMatMul, LogSoftmax and 64-bit integers on the device. */
export type LoweringTarget = 'cpu' | 'webgpu';

export interface SessionOptions {
  /** ONNX Runtime's graph rewriting. Default 'all'; tests compare it with 'disabled'. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all';
}

export interface Executor {
  readonly name: string;
  readonly target: LoweringTarget;
  /** Loads a serialized graph; throws `graph/session-failed` with the runtime's reason. */
  createSession(model: Uint8Array, options?: SessionOptions): Promise<GraphSession>;
}

export interface GraphSession {
  /**
   * Computes outputs (all, or those named in `fetches`). Where the runtime can write into given memory,
   * `preallocated` outputs are written there and returned; elsewhere they are copied there.
   */
  run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches?: readonly string[],
    preallocated?: Readonly<Record<string, HostTensor>>,
  ): Promise<Record<string, HostTensor>>;
  /** Frees native memory. */
  dispose(): Promise<void>;
}
