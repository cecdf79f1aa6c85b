export { DirectoryStore } from './directory-store.js';
export { removeTemporaryFiles, syncDirectory, writeFileAtomic } from './write-file-atomic.js';
