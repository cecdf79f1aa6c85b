/** The flags and the help of `llm export` (of `--model`) and `llm convert` (of a source): one command, two ways to say it. */
import { type Command, Option } from 'commander';
import { exportFormats, exportTypes } from '../export/export-format.js';
import { wholeNumber } from '../flags.js';
import type { Output } from '../terminal/output.js';
import { examples } from './examples.js';
import type { ExportFlags } from './export.js';

export function defineExport(program: Command, output: Output): void {
  writingOptions(
    program
      .command('export')
      .description('Write a model for other programs: transformers, llama.cpp, transformers.js.')
      .argument('<out>', 'the folder, or for gguf the file, to write')
      .option('--run <dir>', 'the run directory whose model is meant (default: runs/latest)')
      .option('--model <source>', 'as in llm chat (default: the last model of the newest run)')
      .option('--steps <n>', 'of torchrun: steps of the whole training', wholeNumber(1)),
    ['torchrun'],
  )
    .addHelpText(
      'after',
      examples([
        ['llm export model.gguf --to gguf --dtype q8_0', 'the newest model, for llama.cpp'],
        ['llm export web/ --to onnx --model sft', 'for transformers.js, in float32 and 8 bits'],
        ['llm export big/ --to torchrun --steps 50000', "train the run's base model on, on more machines"],
        [
          'llm export tuned/ --to safetensors --model hf:owner/name --adapter my-lora',
          'merged, for transformers',
        ],
      ]),
    )
    .action(async (out: string, flags: Flags, command: Command) => {
      const { to, ...rest } = flags;
      if (to === 'torchrun') return (await import('./hand-on.js')).handOnRun(out, rest, output);
      if (rest.steps !== undefined) command.error("error: option '--steps <n>' is for --to torchrun alone.");
      await run(out, { ...rest, to }, command, output);
    });

  writingOptions(
    program
      .command('convert')
      .description('Write a model from anywhere in another format or type: llm export with the source first.')
      .argument('<source>', 'a folder, a .gguf file or its address, hf:owner/name, runs/x#sft')
      .argument('<out>', 'the folder, or for gguf the file, to write'),
  )
    .addHelpText(
      'after',
      examples([
        ['llm convert model.gguf folder/ --to safetensors', 'from llama.cpp to transformers'],
        ['llm convert hf:owner/name model.gguf --to gguf --dtype q4_k', 'from the hub to llama.cpp'],
      ]),
    )
    .action(async (source: string, out: string, flags: ExportFlags, command: Command) =>
      run(out, { ...flags, model: source }, command, output),
    );
}

async function run(out: string, flags: ExportFlags, command: Command, output: Output): Promise<void> {
  if (exportTypes(flags.to, flags.dtype) === undefined)
    command.error(
      `error: option '--dtype <type>' argument '${flags.dtype}' is invalid. ${flags.to} is written as ${exportFormats[flags.to].join(', ')}${flags.to === 'onnx' ? '; several with commas between' : ''}.`,
    );
  await (await import('./export.js')).exportModel(out, flags, output);
}

interface Flags extends Omit<ExportFlags, 'to'> {
  readonly to: ExportFlags['to'] | 'torchrun';
  readonly steps?: number | undefined;
}

function writingOptions(command: Command, others: readonly string[] = []): Command {
  const types = Object.entries(exportFormats).map(([format, names]) => `${format}: ${names.join(', ')}`);
  return command
    .addOption(
      new Option(
        '--to <format>',
        `safetensors (a folder of Hugging Face), gguf (a file), onnx (a folder)${others.map((name) => `, ${name} (a folder)`).join('')}`,
      )
        .choices([...Object.keys(exportFormats), ...others])
        .makeOptionMandatory(),
    )
    .option(
      '--dtype <type>',
      `how numbers are written; the first is the default, of onnx the first two (${types.join('; ')})`,
    )
    .option('--adapter <dir>', 'a LoRA adapter (PEFT layout), merged into the weights')
    .option('--force', 'replace what is there')
    .option('--json', 'print the files that were written as one JSON line')
    .option('--verbose', 'show where an error came from')
    .allowExcessArguments(false);
}
