export { DirectoryStore } from './directory-store.js';
export { writeFileAtomic } from './write-file-atomic.js';
