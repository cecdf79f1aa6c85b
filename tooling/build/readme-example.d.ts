/** Runs the first ```ts block of the README above `directory` and returns the named top-level constants. */
export function readmeExample(directory: string, names: readonly string[]): Promise<Record<string, unknown>>;
