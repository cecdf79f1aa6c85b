import type { Completion, GenerateOptions, LanguageModel } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { generateText } from './generate-text.js';
import { StopStringGate } from './stop-strings.js';

const tokenizer = new ByteTokenizer();
const prompt = Int32Array.of(256);

/** A model that says a fixed text, one byte per token, and can be stopped between two. */
function saying(text: string, said: number[] = []): LanguageModel {
  const ids = tokenizer.encode(text);
  return {
    specificationVersion: 'v1',
    vocabularySize: 257,
    contextLength: 999,
    logProbabilities: () => Promise.reject(new Error('not asked')),
    generate: async (_prompts: readonly Int32Array[], options: GenerateOptions): Promise<Completion[]> => {
      for (const id of ids.slice(0, options.maxNewTokens)) {
        options.signal?.throwIfAborted();
        said.push(id);
        options.onToken?.(0, id, { logProbability: 0, top: [] });
        await new Promise((resolve) => setTimeout(resolve));
      }
      const length = said.length;
      return [
        {
          ids,
          logProbabilities: new Float32Array(length),
          forced: new Uint8Array(length),
          stopReason: 'length',
        },
      ];
    },
  };
}

async function collect(model: LanguageModel, options: Partial<Parameters<typeof generateText>[3]> = {}) {
  const pieces: string[] = [];
  let reason: string | undefined;
  for await (const { text, stopReason } of generateText(model, tokenizer, prompt, {
    maxNewTokens: 99,
    ...options,
  })) {
    pieces.push(text);
    reason = stopReason;
  }
  return { pieces, text: pieces.join(''), reason };
}

describe('generateText', () => {
  test('pieces are whole characters, also of four bytes', async () => {
    const { pieces, text, reason } = await collect(saying('naïve 👩‍👩‍👧 €'));
    expect(text).toBe('naïve 👩‍👩‍👧 €');
    expect(pieces.length).toBeGreaterThan(8);
    for (const piece of pieces) expect(piece).not.toContain('\ufffd');
    expect(reason).toBe('length');
  });

  test('a character that is cut off at the end becomes U+FFFD', async () => {
    expect((await collect(saying('a€'), { maxNewTokens: 3 })).text).toBe('a\ufffd');
  });

  test('a stop string across tokens ends the generation and is never shown', async () => {
    const said: number[] = [];
    const { pieces, reason } = await collect(saying('one END two END. three', said), {
      stopStrings: ['END.', '###'],
    });
    expect(pieces.join('')).toBe('one END two ');
    expect(reason).toBe('stop');
    expect(said.length).toBeLessThan(18);
  });

  test('leaving the loop stops the model; an aborted signal is thrown', async () => {
    const said: number[] = [];
    for await (const { text } of generateText(saying('abcdefghij', said), tokenizer, prompt, {
      maxNewTokens: 9,
    }))
      if (text === 'b') break;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said.length).toBeLessThan(5);
    await expect(collect(saying('abc'), { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    );
  });
});

test('the gate shows everything but stop strings, wherever the pieces are cut', () => {
  const text = 'aab aabaac ab';
  for (let a = 0; a <= text.length; a++) {
    for (let b = a; b <= text.length; b++) {
      const gate = new StopStringGate(['aac', 'zz']);
      const shown = [text.slice(0, a), text.slice(a, b), text.slice(b)]
        .map((piece) => gate.push(piece))
        .join('');
      expect(shown + gate.flush()).toBe('aab aab');
    }
  }
});

test('a byte order mark is text like any other', async () => {
  const text = '\uFEFFa\uFEFF\uFEFFb';
  let said = '';
  for await (const piece of generateText(saying(text), tokenizer, prompt, { maxNewTokens: 99 }))
    said += piece.text;
  expect(said).toBe(text);
});
