/** Pairs of answers as ids; those that a model cannot read are left out before any is held out. */
import { type ConversationRenderer, LlmError, type Part } from '@llm/core';
import type { PreferencePair } from '@llm/rl';

export interface RenderedAnswer {
  readonly ids: Int32Array;
  /** 1 on the answer. */
  readonly mask: Uint8Array;
}

export interface ComparedPair {
  readonly pair: PreferencePair;
  readonly chosen: RenderedAnswer;
  readonly rejected: RenderedAnswer;
  readonly margin: number;
  /** Positions of the longer one. */
  readonly columns: number;
}

export interface LeftOutPair {
  readonly index: number;
  readonly reason: 'too-long' | 'invalid';
  readonly message: string;
}

export function comparePairs(
  pairs: readonly PreferencePair[],
  options: {
    readonly renderer: ConversationRenderer;
    readonly columns: number;
    readonly vocabularySize: number;
  },
): { readonly pairs: readonly ComparedPair[]; readonly skipped: readonly LeftOutPair[] } {
  const skipped: LeftOutPair[] = [];
  const compared = pairs.flatMap((pair, index): ComparedPair[] => {
    const skip = (reason: LeftOutPair['reason'], message: string): [] => {
      skipped.push({ index, reason, message });
      return [];
    };
    try {
      const [chosen, rejected] = [pair.chosen, pair.rejected].map((answer) =>
        rendered(options.renderer, pair, answer),
      ) as [RenderedAnswer, RenderedAnswer];
      const columns = Math.max(chosen.ids.length, rejected.ids.length) - 1;
      if (columns > options.columns)
        return skip('too-long', `${columns} tokens, of ${options.columns} in a row`);
      const unknown = [...chosen.ids, ...rejected.ids].find((id) => id >= options.vocabularySize);
      if (unknown !== undefined)
        return skip('invalid', `holds the id ${unknown}, the model has ${options.vocabularySize} ids`);
      return [{ pair, chosen, rejected, margin: 0, columns }];
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      return skip('invalid', error.message);
    }
  });
  return { pairs: compared, skipped };
}

function rendered(
  renderer: ConversationRenderer,
  { prompt }: PreferencePair,
  parts: readonly Part[],
): RenderedAnswer {
  const { ids, mask } = renderer.render({ messages: [...prompt.messages, { role: 'assistant', parts }] });
  // Earlier answers of the prompt are not compared.
  const start = renderer.renderPrompt(prompt).length;
  return { ids, mask: mask.map((own, i) => (i < start ? 0 : own)) };
}
