export interface BundleOptions {
  /** Folder of the package's sources; a folder for the work is made in it and removed. */
  readonly directory: string;
  /** Module that is bundled, seen from a folder inside `directory`. */
  readonly entry: string;
  /** What is imported from it, e.g. `a, b`, or `*` for everything. */
  readonly names: string;
  /** What stays an import. */
  readonly external: readonly (string | RegExp)[];
}

/**
 * What a page downloads of a package: names of its entry,
 * bundled from sources with our other packages, minified.
 */
export function bundle(options: BundleOptions): Promise<Uint8Array>;
