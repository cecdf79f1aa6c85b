export { FetchStore } from './fetch-store.js';
export { ListedStore } from './listed-store.js';
export { MemoryStore } from './memory-store.js';
export { OpfsStore } from './opfs-store.js';
