export { DirectoryStore } from './directory-store.js';
export { isTemporaryName, syncDirectory, writeFileAtomic } from './write-file-atomic.js';
