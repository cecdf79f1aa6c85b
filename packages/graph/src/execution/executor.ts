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

/** A file beside a model: its bytes, or how to make them, which is done once a session and not kept. */
export type ExternalContent = Uint8Array | UnmadeContent;

export interface UnmadeContent {
  /** In bytes. */
  readonly length: number;
  /** Its bytes, in parts that follow one another, good until the next content is read. */
  read(): readonly Uint8Array[];
}

export function partsOfContent(content: ExternalContent): readonly Uint8Array[] {
  return content instanceof Uint8Array ? [content] : content.read();
}

export function bytesOfContent(content: ExternalContent): Uint8Array {
  if (content instanceof Uint8Array) return content;
  const bytes = new Uint8Array(content.length);
  let at = 0;
  for (const part of content.read()) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function bytesOfContents(contents: ReadonlyMap<string, ExternalContent>): Map<string, Uint8Array> {
  return new Map(Array.from(contents, ([name, content]) => [name, bytesOfContent(content)]));
}

export interface CreateSessionOptions extends SessionOptions {
  /** Outputs that `runResident` leaves in device memory. Only where the executor has a `device`. */
  readonly resident?: readonly string[] | undefined;
  /**
   * Contents of the files beside the model that its external initializers name, by location. Read while the
   * session is made; the runtime lays such weights out for its products once, which it cannot do with inputs.
   */
  readonly externalData?: ReadonlyMap<string, ExternalContent> | undefined;
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
  /** Computes outputs: all, or those named in `fetches`; each in memory of its own. */
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
