/** A file of a data set on the hub: kept on disk until it is whole, since its hash goes before it. */

import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFailed } from '@llm/core/node';
import type { OutputFile } from './byte-source.js';
import type { HubCommits } from './hub-commits.js';
import { type HubPlace, hubUrl } from './hub-datasets.js';

export class HubOutput implements OutputFile {
  readonly url: string;
  readonly #hash = createHash('sha256');
  #size = 0;

  private constructor(
    readonly commits: HubCommits,
    readonly place: HubPlace,
    readonly directory: string,
    readonly file: FileHandle,
  ) {
    this.url = hubUrl(place);
  }

  static async open(commits: HubCommits, place: HubPlace): Promise<HubOutput> {
    const directory = await mkdtemp(join(tmpdir(), 'hub-'));
    return new HubOutput(commits, place, directory, await open(join(directory, 'file'), 'w+'));
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    try {
      for (let done = 0; done < bytes.length; )
        done += (await this.file.write(bytes, done, bytes.length - done)).bytesWritten;
    } catch (cause) {
      throw writeFailed(this.directory, cause, 'or name another folder for temporary files (TMPDIR).');
    }
    this.#size += bytes.length;
  }

  async finish(): Promise<void> {
    await this.commits.add(this.place, {
      size: this.#size,
      sha256: this.#hash.digest('hex'),
      read: async (start, end) => {
        const bytes = new Uint8Array(end - start);
        await this.file.read(bytes, 0, bytes.length, start);
        return bytes;
      },
    });
    await this.abandon();
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.directory, { recursive: true, force: true }).catch(() => undefined);
  }
}
