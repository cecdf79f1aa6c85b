/**
 * Runs a
 * ```ts block of the README above `directory` and returns the named top-level constants: the first block, or the one whose first line is `//
 * title`.
 */
export function readmeExample(
  directory: string,
  names: readonly string[],
  title?: string,
): Promise<Record<string, unknown>>;
