export { DirectoryStore } from './directory-store.js';
export { syncDirectory, writeFileAtomic } from './write-file-atomic.js';
