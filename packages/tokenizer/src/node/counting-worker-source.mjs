// Starts the worker on sources, where it is TypeScript: tests and `npm run llm` only, a published package has the built worker.
import { register } from 'tsx/esm/api';

register();
await import('./counting-worker.ts');
