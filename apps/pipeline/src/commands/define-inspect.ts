/** The flags and the help of `llm inspect`. */
import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import type { InspectFlags } from './inspect.js';

export function defineInspect(program: Command, output: Output): void {
  program
    .command('inspect')
    .description('What is in a model: shapes, types, tokenizer, template, memory. Reads headers, no weights.')
    .argument(
      '<source>',
      'a folder, .gguf, .safetensors, .onnx, tokenizer.json, an adapter, an address of a .gguf, hf:owner/name, runs/x#sft',
    )
    .option('--tensors', 'every tensor, instead of a line for each kind')
    .option('--template', 'the whole chat template, and nothing else')
    .option('--json', 'everything as one JSON line')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false)
    .addHelpText(
      'after',
      examples([
        ['llm inspect SmolLM2-135M-Instruct.gguf', 'before it is loaded'],
        ['llm inspect runs/latest#sft --json', 'for another program'],
      ]),
    )
    .action(async (source: string, flags: InspectFlags) =>
      (await import('./inspect.js')).inspect(source, flags, output),
    );
}
