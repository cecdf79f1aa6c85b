/**
 * Writes an adapter of the tiny Llama as `saveLora` does, for peft_adapters.py to open:
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/model/write-adapter.ts DIRECTORY
 */
import { DirectoryStore } from '@llm/core/node';
import { saveLora } from '@llm/model';
import { adapterLora, oracleAdapters } from '../../../packages/model/src/fixtures/oracle-adapters.js';

await saveLora(new DirectoryStore(process.argv[2]!), '', { adapters: oracleAdapters(), lora: adapterLora });
