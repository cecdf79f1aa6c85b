export { DirectoryStore } from './directory-store.js';
export { writeFailed } from './write-failed.js';
export { removeTemporaryFiles, syncDirectory, writeFileAtomic } from './write-file-atomic.js';
