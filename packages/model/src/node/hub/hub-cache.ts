/**
 * The cache folder of Hugging Face, shared with the Python library: `models--owner--name/` with
 * `blobs/<etag>`, `refs/<revision>` (a commit) and `snapshots/<commit>/<file>`, which link to the blobs.
 */
import { copyFile, mkdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { writeFileAtomic } from '@llm/core/node';
import type { HubAddress } from './hub-address.js';

/** HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub, as the Python library has it. */
export function defaultCacheDirectory(): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  return (
    HF_HUB_CACHE ?? join(HF_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface'), 'hub')
  );
}

export class HubCache {
  readonly directory: string;

  constructor(
    root: string,
    readonly address: HubAddress,
  ) {
    this.directory = join(root, ['models', ...address.repository.split('/')].join('--'));
  }

  snapshot(commit: string): string {
    return join(this.directory, 'snapshots', commit);
  }

  blob(etag: string): string {
    return join(this.directory, 'blobs', etag);
  }

  has(commit: string, file: string): Promise<boolean> {
    return isFile(join(this.snapshot(commit), file));
  }

  /** The etag that a file of a snapshot was fetched with; undefined where it is no link to its blob. */
  async etagOf(commit: string, file: string): Promise<string | undefined> {
    const target = await readlink(join(this.snapshot(commit), file)).catch(() => undefined);
    return target === undefined ? undefined : basename(target);
  }

  /** The commit a revision was at when it was last asked for. */
  async knownCommit(): Promise<string | undefined> {
    const { revision } = this.address;
    if (isCommit(revision)) return revision;
    const text = await readFile(join(this.directory, 'refs', revision), 'utf8').catch(() => undefined);
    const commit = text?.trim();
    // It becomes the name of a folder, and anything may lie in a cache.
    return commit !== undefined && isCommit(commit) ? commit : undefined;
  }

  async remember(commit: string): Promise<void> {
    const { revision } = this.address;
    if (revision !== commit) await writeFileAtomic(join(this.directory, 'refs', revision), commit);
  }

  /** Gives a blob its name in the snapshot. Where links are not allowed (Windows), it is copied. */
  async link(commit: string, file: string, etag: string): Promise<void> {
    const path = join(this.snapshot(commit), file);
    const temporary = `${path}.${process.pid}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await rm(temporary, { force: true });
    await symlink(relative(dirname(path), this.blob(etag)), temporary).catch(() =>
      copyFile(this.blob(etag), temporary),
    );
    await rename(temporary, path);
  }
}

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

export function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (entry) => entry.isFile(),
    () => false,
  );
}
