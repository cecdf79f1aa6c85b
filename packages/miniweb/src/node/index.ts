export { writeMiniweb } from './write-miniweb.js';
