/** Absolute path of a file or folder of the real data, or undefined (with the reason on standard error). */
export function sharedDataPath(...segments: string[]): string | undefined;
