/**
 * One inflater for the members of a file, into memory that is used again. `inflateRawSync` makes a stream
 * object, zlib's state and a buffer for each of a crawl's members, and buffers outside of the heap, of which
 * V8 knows the size alone, start a collection of the whole heap every 64 MB. Node has no call that inflates
 * into memory of the caller: `writeSync` of a stream's handle is what its own synchronous calls are made of
 * (minizlib and pngjs call it, too). Where a runtime has none, `inflateRawSync` does the work.
 */
import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';

/** As `node:zlib` has it since version 11. */
interface Handle {
  writeSync(
    flush: number,
    from: Uint8Array,
    fromOffset: number,
    fromLength: number,
    into: Uint8Array,
    intoOffset: number,
    intoLength: number,
  ): void;
  onerror: () => void;
}

interface Insides {
  readonly _handle?: Handle | null | undefined;
  /** What was left after a write: room, and bytes that were not read. */
  readonly _writeState?: Uint32Array | undefined;
}

export interface InflatedMember {
  /** Good until the next member is inflated. */
  readonly bytes: Uint8Array;
  /** Bytes of the input up to the end of the deflated data. */
  readonly consumed: number;
}

const firstRoom = 1 << 20;

export class MemberInflater {
  readonly #stream: InflateRaw = createInflateRaw();
  readonly #handle: Handle | undefined;
  readonly #left: Uint32Array;
  #room: Buffer | undefined;
  #failed = false;

  /** `limit`: a member that is longer is not inflated; bytes. */
  constructor(readonly limit: number) {
    const { _handle: handle, _writeState: left } = this.#stream as unknown as Insides;
    this.#left = left ?? new Uint32Array(2);
    if (typeof handle?.writeSync !== 'function' || left?.length !== 2) return;
    this.#handle = handle;
    handle.onerror = () => {
      this.#failed = true;
    };
  }

  /** The deflated data at the start of `bytes`; undefined when it is cut, damaged or too long. */
  inflate(bytes: Uint8Array): InflatedMember | undefined {
    if (this.#handle === undefined) return inflateOnce(bytes, this.limit);
    let room = this.#room ?? Buffer.allocUnsafeSlow(firstRoom);
    this.#failed = false;
    this.#stream.reset();
    for (let [read, filled] = [0, 0]; ; ) {
      this.#handle.writeSync(
        constants.Z_FINISH,
        bytes,
        read,
        bytes.length - read,
        room,
        filled,
        room.length - filled,
      );
      if (this.#failed) return undefined;
      const [roomLeft, unread] = this.#left as unknown as readonly [number, number];
      filled = room.length - roomLeft;
      read = bytes.length - unread;
      if (roomLeft > 0) {
        this.#room = room;
        // The data has ended where zlib stops though it has room and something to read.
        return unread === 0 || filled > this.limit
          ? undefined
          : { bytes: room.subarray(0, filled), consumed: read };
      }
      if (room.length > this.limit) return undefined;
      const more = Buffer.allocUnsafeSlow(Math.min(2 * room.length, this.limit + 1));
      more.set(room);
      room = more;
    }
  }

  close(): void {
    this.#stream.destroy();
  }
}

function inflateOnce(bytes: Uint8Array, limit: number): InflatedMember | undefined {
  try {
    const { buffer, engine } = inflateRawSync(bytes, {
      info: true,
      maxOutputLength: limit,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    return { bytes: buffer, consumed: engine.bytesWritten };
  } catch {
    return undefined;
  }
}
