/** Storage elsewhere. A drive letter of Windows is one letter. */
export const isRemote = (location: string): boolean => /^(https?|s3|hf):/i.test(location);
