/** The flags and the help of `llm chat`. */
import type { Command } from 'commander';
import type { Output } from '../terminal/output.js';
import type { ChatFlags } from './chat.js';
import { examples } from './examples.js';
import { modelOptions, samplingOptions } from './model-options.js';

export function defineChat(program: Command, output: Output): void {
  samplingOptions(
    modelOptions(
      program.command('chat').description('Talk to the model; it may use its calculator while it answers.'),
    ),
  )
    .option('-p, --prompt <text>', 'one question, one answer, then exit')
    .option('--system <text>', 'a system message to start with')
    .addHelpText(
      'after',
      examples([
        ['llm chat', 'ask, /help shows the commands'],
        ['llm chat -p "What is 12 + 30?"', 'one answer'],
        ['echo "Who are you?" | llm chat --model sft', 'questions from a pipe, one a line'],
      ]),
    )
    .action(async (flags: ChatFlags) => (await import('./chat.js')).chat(flags, output));
}
