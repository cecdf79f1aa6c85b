export { type MiniwebFiles, type WriteMiniwebOptions, writeMiniweb } from './write-miniweb.js';
