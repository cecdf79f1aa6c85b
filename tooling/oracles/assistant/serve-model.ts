/**
 * Serves a model for the scripts beside this one: node --conditions=@llm/source --import tsx
 * tooling/oracles/assistant/serve-model.ts SOURCE PORT. It is asked for by its own name.
 */
import { loadModel } from '@llm/assistant/node';
import { serve } from '@llm/assistant/server/node';

const [source = '', port = '8123'] = process.argv.slice(2);
const assistant = await loadModel(source);
const server = await serve({
  assistants: [assistant],
  port: Number(port),
  stopOn: ['SIGTERM', 'SIGINT'],
  onError: (error, route) => process.stderr.write(`${route}: ${String(error)}\n`),
});
process.stdout.write(`${assistant.name} at ${server.url}\n`);
await server.stopped;
await assistant.dispose();
