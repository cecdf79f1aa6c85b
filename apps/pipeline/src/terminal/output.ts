/** Where the program writes: the two streams, and whether a person watches the second. */
export interface Output {
  /** Results: tables, generated text, JSON lines. */
  readonly stdout: NodeJS.WritableStream;
  /** Progress, notes and errors. */
  readonly stderr: NodeJS.WritableStream & {
    readonly isTTY?: boolean | undefined;
    readonly columns?: number | undefined;
  };
}

export const processOutput: Output = { stdout: process.stdout, stderr: process.stderr };
