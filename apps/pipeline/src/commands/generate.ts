/** `llm generate`: continue a text with any model of a run, or answer it. */
import { textMessage } from '@llm/core';
import { calculator, createToolCaller } from '@llm/rl';
import { AnswerStream } from '../chat/answer-stream.js';
import type { Output } from '../terminal/output.js';
import type { SamplingFlags } from './chat.js';
import { type ModelFlags, openRunModel } from './open-run-model.js';

export interface GenerateFlags extends ModelFlags, SamplingFlags {
  readonly prompt: string;
  readonly answer?: boolean | undefined;
  readonly samples: number;
}

export async function generate(flags: GenerateFlags, output: Output): Promise<void> {
  const { model, tokenizer, renderer } = await openRunModel(flags);
  try {
    const bos = tokenizer.specialTokens.get('<|bos|>') as number;
    const prompt =
      flags.answer === true
        ? renderer.renderPrompt({ messages: [textMessage('user', flags.prompt)] })
        : Int32Array.from([bos, ...tokenizer.encode(flags.prompt)]);
    for (let sample = 0; sample < flags.samples; sample++) {
      const stream = new AnswerStream(tokenizer);
      const print = (text: string): void => void (text !== '' && output.stdout.write(text));
      if (flags.answer !== true) print(flags.prompt);
      await model.generate([prompt], {
        maxNewTokens: flags.maxTokens ?? 128,
        temperature: flags.temperature ?? 0.8,
        topK: flags.topK,
        topP: flags.topP,
        vocabularySize: tokenizer.vocabularySize,
        seed: flags.seed + sample,
        stopTokens: [bos, renderer.stopToken],
        forceTokens: createToolCaller(renderer, [calculator], 1).forceTokens,
        onToken: (_row, id) => print(stream.push(id)),
      });
      print(`${stream.end()}\n`);
    }
  } finally {
    await model.dispose();
  }
}
