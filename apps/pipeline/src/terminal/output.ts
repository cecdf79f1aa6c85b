/** Where the program writes: the two streams, and the terminal when a person watches. */
export interface Output {
  /** Results: tables, generated text, JSON lines. */
  readonly stdout: TextStream;
  /** Progress, notes and errors. */
  readonly stderr: TextStream;
  /** The terminal behind `stderr`, for what draws on it; absent when that is a file or a pipe. */
  readonly terminal?: TerminalStream | undefined;
}

export interface TextStream {
  write(text: string): unknown;
}

export type TerminalStream = NodeJS.WritableStream & { readonly columns?: number | undefined };

export const processOutput: Output = {
  stdout: process.stdout,
  stderr: process.stderr,
  terminal: process.stderr.isTTY ? process.stderr : undefined,
};
