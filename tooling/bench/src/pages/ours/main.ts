// Trains the task in a Web Worker and posts the result. Query: task (JSON), provider, threads.
import { createWebWorkerExecutor } from '@llm/graph/web';
import { trainOnExecutor } from '../../training-run.js';

const query = new URLSearchParams(location.search);
const provider = query.get('provider') as 'wasm' | 'webgpu';
const executor = createWebWorkerExecutor({ provider, threads: Number(query.get('threads')) });
const result = await trainOnExecutor(executor, JSON.parse(query.get('task')!));
await fetch('/report', { method: 'POST', body: JSON.stringify(result) });
