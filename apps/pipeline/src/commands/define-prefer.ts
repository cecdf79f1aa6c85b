/** The flags and the help of `llm prefer`. */
import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
import type { PreferFlags } from '../tuning/tuning-flags.js';
import { examples } from './examples.js';
import { preferOptions } from './tuning-options.js';

export function definePrefer(program: Command, output: Output): void {
  const command = program
    .command('prefer')
    .description(
      'Let any model learn from pairs of answers: DPO and its relatives, KTO, SimPO, CPO, ORPO, reward models.',
    );
  preferOptions(command)
    .addHelpText(
      'after',
      examples([
        ['llm prefer --model hf:owner/name --pairs pairs.jsonl --lora 16', 'DPO, by adapters'],
        ['llm prefer --model m.gguf --pairs pairs.jsonl --lora 16 --method kto', 'each answer by itself'],
        ['llm prefer --model folder --pairs pairs.jsonl --method simpo', 'all weights, without a reference'],
        ['llm prefer --model folder --pairs pairs.jsonl --method reward', 'a model that scores answers'],
        ['llm prefer --model folder --pairs steps.jsonl --method process', 'a model that scores their steps'],
      ]),
    )
    .allowExcessArguments(false)
    .action(async (flags: PreferFlags) => {
      const { requireModel } = await import('../tuning/tuning-flags.js');
      requireModel(flags);
      await (await import('../tuning/preferring.js')).preferAnswers(flags, output);
    });
}
