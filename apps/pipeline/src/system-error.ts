/** Turns what the operating system throws into one sentence a user can act on. */
export function errorWithCode(error: unknown): NodeJS.ErrnoException | undefined {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string'
    ? (error as NodeJS.ErrnoException)
    : undefined;
}

const advice: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is not a directory',
  EISDIR: 'it is a directory, a file is needed',
  EEXIST: 'it exists already',
  EMFILE: 'too many open files',
};

/** `undefined` when the error did not come from the operating system. */
export function describeSystemError(error: unknown): string | undefined {
  const system = errorWithCode(error);
  const reason = system?.code === undefined ? undefined : advice[system.code];
  if (system === undefined || reason === undefined) return undefined;
  const place = system.path === undefined ? '' : ` ${system.path}:`;
  return `${system.syscall ?? 'file access'} failed:${place} ${reason} (${system.code}).`;
}
