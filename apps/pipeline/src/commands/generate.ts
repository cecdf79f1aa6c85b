/** `llm generate`: continue a text with any model, or answer it. */
import type { AnswerOptions } from '@llm/assistant';
import { AnswerText } from '../chat/answer-text.js';
import { ownTools } from '../chat/own-tools.js';
import { findModel, type ModelFlags, openAssistant } from '../models/model-source.js';
import type { Output } from '../terminal/output.js';
import type { SamplingFlags } from './chat.js';

export interface GenerateFlags extends ModelFlags, SamplingFlags {
  readonly prompt: string;
  readonly answer?: boolean | undefined;
  readonly samples: number;
  /** False with `--no-tools`. */
  readonly tools: boolean;
}

export async function generate(flags: GenerateFlags, output: Output): Promise<void> {
  const model = await findModel(flags);
  const assistant = await openAssistant(model, flags);
  const own = model.place === undefined ? assistant.defaults.temperature : undefined;
  try {
    for (let sample = 0; sample < flags.samples; sample++) {
      const options: AnswerOptions = {
        maxNewTokens: flags.maxTokens ?? 128,
        temperature: flags.temperature ?? own ?? 0.8,
        topK: flags.topK,
        topP: flags.topP,
        seed: flags.seed + sample,
      };
      const shown = new AnswerText();
      const print = (text: string): void => void (text !== '' && output.stdout.write(text));
      if (flags.answer !== true) print(flags.prompt);
      const parts =
        flags.answer === true
          ? assistant.chat(flags.prompt, { ...options, tools: flags.tools ? ownTools(assistant) : [] })
          : assistant.complete(flags.prompt, options);
      for await (const part of parts) print(shown.push(part));
      print('\n');
    }
  } finally {
    await assistant.dispose();
  }
}
