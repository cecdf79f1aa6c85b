/**
 * Runs serialized graphs. Everything below this line of the
 * stack is ONNX Runtime or the reference interpreter.
 */
import type { LoweringTarget } from '../lowering/lowering-rule.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';

export interface SessionOptions {
  /** ONNX Runtime's graph rewriting. Default 'all'; tests compare it with 'disabled'. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all' | undefined;
}

export interface CreateSessionOptions extends SessionOptions {
  /** Outputs that `runResident` leaves in device memory. Only where the executor has a `device`. */
  readonly resident?: readonly string[] | undefined;
  /**
   * Contents of the files beside the model that its external initializers name, by location. Read while the
   * session is made; the runtime lays such weights out for its products once, which it cannot do with inputs.
   */
  readonly externalData?: ReadonlyMap<string, Uint8Array> | undefined;
}

export type Precision = 'float32' | 'float16';

export interface Executor {
  readonly name: string;
  readonly target: LoweringTarget;
  /** Loads a serialized graph; throws `graph/session-failed` with the runtime's reason. */
  createSession(model: Uint8Array, options?: CreateSessionOptions): Promise<GraphSession>;
  /** What models generate in; they train and score in float32. Default float32. */
  readonly precision?: Precision | undefined;
  /** Present when tensors can stay in memory of their own (a GPU). */
  readonly device?: DeviceMemory | undefined;
}

/** A tensor in device memory; freed by `dispose`, never by the garbage collector. */
export interface ResidentTensor {
  readonly location: 'device';
  readonly type: TensorType;
  readonly shape: readonly number[];
  dispose(): void;
}

export interface DeviceMemory {
  upload(tensor: HostTensor): Promise<ResidentTensor>;
  download(tensor: ResidentTensor): Promise<HostTensor>;
}

export interface GraphSession {
  /** Computes outputs: all, or those named in `fetches`. */
  run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, HostTensor>>;
  /** Like `run`, with inputs and the session's `resident` outputs in device memory. */
  runResident?(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, HostTensor | ResidentTensor>>;
  /** Frees native memory. */
  dispose(): Promise<void>;
}

export function isResident(tensor: HostTensor | ResidentTensor): tensor is ResidentTensor {
  return 'location' in tensor;
}
