// Starts shard-feed-thread.ts when the package is run from its sources (tests), where a loader for TypeScript is needed.
import { register } from 'tsx/esm/api';

register();
await import('./shard-feed-thread.ts');
