/**
 * The decoder for the parameters as they are now. One that has become old is freed when nobody uses it any more, so that a
 * training step between two tokens of a running generation takes nothing away from it.
 */
import type { Decoder } from './decoder.js';

interface Lease {
  readonly version: number;
  readonly decoder: Promise<Decoder>;
  users: number;
}

export class CurrentDecoder {
  #lease: Lease | undefined;

  /** `create` is called when there is no decoder of that version yet. */
  async use<Result>(
    version: number,
    create: () => Promise<Decoder>,
    work: (decoder: Decoder) => Promise<Result>,
  ): Promise<Result> {
    const old = this.#lease;
    // The old one goes first, so that two copies of the weights are held only while both are used.
    const lease = old?.version === version ? old : { version, decoder: release(old).then(create), users: 0 };
    this.#lease = lease;
    lease.users++;
    try {
      return await work(await lease.decoder);
    } catch (error) {
      if (await failed(lease)) this.#forget(lease);
      throw error;
    } finally {
      lease.users--;
      if (lease !== this.#lease) await release(lease);
    }
  }

  #forget(lease: Lease): void {
    if (this.#lease === lease) this.#lease = undefined;
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
