// Worker threads do not inherit the loader that runs TypeScript.
import { register } from 'tsx/esm/api';

register();
await import('./fuzz-worker.ts');
