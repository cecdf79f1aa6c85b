/**
 * The running batch for the parameters as they are now, with its decoder. One that has become old is freed
 * when nobody uses it any more, so that a training step between two tokens of a running generation takes
 * nothing away from it.
 */
import type { Executor, StateBuffers } from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import type { CacheMemory } from '../batching/cache-memory.js';
import type { GenerationCounters } from '../batching/generation-statistics.js';
import { PrefixCache } from '../batching/prefix-cache.js';
import { RunningBatch } from '../batching/running-batch.js';
import type { Decoder } from './decoder.js';
import { createDeviceDecoder } from './device-decoder.js';
import { createHostDecoder } from './host-decoder.js';

/** What all batches of a model share. */
export interface BatchSettings {
  readonly memory: CacheMemory;
  /** Bytes of the prefix cache; 0 is none. */
  readonly prefixBytes: number;
  readonly counters: GenerationCounters;
}

interface Lease {
  version: number;
  readonly batch: Promise<RunningBatch>;
  users: number;
}

export class CurrentDecoder {
  #lease: Lease | undefined;

  /** `buffers` hold the parameters. */
  constructor(
    private readonly executor: Executor,
    private readonly architecture: Architecture,
    private readonly buffers: StateBuffers,
    private readonly settings: BatchSettings,
  ) {}

  /** `version` counts changes of the parameters. */
  async use<Result>(version: number, work: (batch: RunningBatch) => Promise<Result>): Promise<Result> {
    const lease = this.#leaseOf(version);
    this.#lease = lease;
    lease.users++;
    try {
      const batch = await lease.batch;
      if (lease.version !== version) batch.forgetPrefixes();
      lease.version = version;
      return await work(batch);
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
    // On a device parameters are read where they are, and adapters everywhere, unless they had to become
    // float16: such a decoder never becomes old.
    const { device, precision } = this.executor;
    const isLive = device !== undefined || this.architecture.lora !== undefined;
    const isKept = isLive && precision !== 'float16';
    if (old !== undefined && (old.version === version || isKept)) return old;
    // The old one goes first, so that two copies of the weights are held only while both are used.
    return { version, batch: release(old).then(() => this.#create()), users: 0 };
  }

  async #create(): Promise<RunningBatch> {
    const { config } = this.architecture;
    const { memory, prefixBytes, counters } = this.settings;
    const prefixes = prefixBytes > 0 ? new PrefixCache(prefixBytes, memory.bytesPerToken) : undefined;
    return new RunningBatch({ config, decoder: await this.#createDecoder(), memory, prefixes, counters });
  }

  #createDecoder(): Promise<Decoder> {
    const { executor, architecture, buffers } = this;
    return executor.device === undefined
      ? createHostDecoder(executor, architecture, (name) => buffers.current(name))
      : createDeviceDecoder(executor, architecture, buffers);
  }

  /** Of the decoder: one that is in use is freed when it no longer is. */
  async free(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await release(lease);
  }
}

async function release(lease: Lease | undefined): Promise<void> {
  if (lease === undefined || lease.users > 0 || (await failed(lease))) return;
  await (await lease.batch).dispose();
}

function failed({ batch }: Lease): Promise<boolean> {
  return batch.then(
    () => false,
    () => true,
  );
}
