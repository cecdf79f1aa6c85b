/**
 * The decoder for the parameters as they are now. One that has become old is freed when nobody uses it any
 * more, so that a training step between two tokens of a running generation takes nothing away from it.
 */
import type { Executor, StateBuffers } from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import type { Decoder } from './decoder.js';
import { createDeviceDecoder } from './device-decoder.js';
import { createHostDecoder } from './host-decoder.js';

interface Lease {
  readonly version: number;
  readonly decoder: Promise<Decoder>;
  users: number;
}

export class CurrentDecoder {
  #lease: Lease | undefined;

  /** `buffers` hold the parameters. */
  constructor(
    private readonly executor: Executor,
    private readonly architecture: Architecture,
    private readonly buffers: StateBuffers,
  ) {}

  /** `version` counts changes of the parameters. */
  async use<Result>(version: number, work: (decoder: Decoder) => Promise<Result>): Promise<Result> {
    const lease = this.#leaseOf(version);
    this.#lease = lease;
    lease.users++;
    try {
      return await work(await lease.decoder);
    } catch (error) {
      if ((await failed(lease)) && this.#lease === lease) this.#lease = undefined;
      throw error;
    } finally {
      lease.users--;
      if (lease !== this.#lease) await release(lease);
    }
  }

  #leaseOf(version: number): Lease {
    const old = this.#lease;
    // On a device parameters are read where they are: its decoder never becomes old.
    if (old !== undefined && (old.version === version || this.executor.device !== undefined)) return old;
    // The old one goes first, so that two copies of the weights are held only while both are used.
    return { version, decoder: release(old).then(() => this.#create()), users: 0 };
  }

  #create(): Promise<Decoder> {
    const { executor, architecture, buffers } = this;
    return executor.device === undefined
      ? createHostDecoder(executor, architecture, (name) => buffers.current(name))
      : createDeviceDecoder(executor, architecture, buffers);
  }

  /** Frees the decoder, once it is not in use. */
  async dispose(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await release(lease);
  }
}

async function release(lease: Lease | undefined): Promise<void> {
  if (lease === undefined || lease.users > 0 || (await failed(lease))) return;
  await (await lease.decoder).dispose();
}

function failed({ decoder }: Lease): Promise<boolean> {
  return decoder.then(
    () => false,
    () => true,
  );
}
