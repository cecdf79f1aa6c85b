export interface S3Server {
  readonly endpoint: string;
  /** The environment variables that a client needs. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the objects lie: a folder a bucket. */
  readonly directory: string;
  close(): Promise<void>;
}

/** Why a test must be skipped (also on standard error), or undefined. With CI set its absence is an error. */
export function s3ServerMissing(): string | undefined;
/** A server of its own on a free port of this machine, with one bucket. */
export function startS3Server(bucket: string): Promise<S3Server>;
