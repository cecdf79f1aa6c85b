import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom, type RunEvent } from '@llm/core';
import { afterAll, describe, expect, it } from 'vitest';
import { Page } from '../../page/page.js';
import { qualityFilter } from '../../quality/quality-filter.js';
import { loadFastTextScorer } from '../language/load-fasttext-model.js';
import { trainQualityModel } from './train-quality-model.js';

const directory = mkdtempSync(join(tmpdir(), 'train-quality-'));
afterAll(() => rmSync(directory, { recursive: true }));
const output = join(directory, 'model.bin');

const words = {
  lesson: 'the energy of a body is work that it can do and heat flows from warm to cold'.split(' '),
  shop: 'the best price of a deal is now buy cheap and order it today to save'.split(' '),
};
/** Sorted by label, as folders of texts are read. */
const texts = (Object.keys(words) as (keyof typeof words)[]).flatMap((label) =>
  Array.from({ length: 300 }, (_, at) => {
    const random = createRandom(3, label, at);
    return {
      label,
      text: Array.from({ length: 4 }, () => random.pick(words[label])).join(at % 2 === 0 ? ' ' : '\n'),
    };
  }),
);
const small: Parameters<typeof trainQualityModel>[0] = {
  texts,
  output,
  dimension: 4,
  buckets: 50,
  epochs: 20,
  seed: 7,
};

describe('trainQualityModel', () => {
  it('learns what tells the labels apart, and says how well of texts it has not seen', async () => {
    const events: RunEvent[] = [];
    const { heldOut, bytes, ...trained } = await trainQualityModel({
      ...small,
      onEvent: (event) => events.push(event),
    });
    expect(trained.texts + heldOut!.texts).toBe(600);
    expect(heldOut!.texts).toBeGreaterThan(30);
    // Words that both have leave some texts undecidable.
    expect(heldOut!.accuracy).toBeGreaterThan(0.9);
    expect(heldOut!.labels.shop!.recall).toBeGreaterThan(0.85);
    expect(readFileSync(output).length).toBe(bytes);
    const losses = events.flatMap((event) => (event.type === 'metric' ? [event.values.loss!] : []));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);

    const scorer = await loadFastTextScorer({ path: output, label: 'lesson', name: 'lesson' });
    const step = qualityFilter({ scorer, minimum: 0.5 });
    const judge = async (content: string) => (await step.run(new Page({ content }))).kind;
    expect(await judge('heat is energy that flows')).toBe('keep');
    expect(await judge('order now and save')).toBe('drop');
  });

  it('writes what fastText reads, and scores as it does', async () => {
    await trainQualityModel(small);
    const scorer = await loadFastTextScorer({ path: output, label: 'lesson' });
    // What fastText's own bindings (fasttext-numpy2 0.10.4) say of this very file.
    const recorded: readonly (readonly [string, number])[] = [
      ['heat is energy that flows', 0.99996579],
      ['order now and save', 5.3428979e-5],
      ['the of a', 0.45978665],
      ['never seen words', 0.92627454],
      ['energy', 0.99995589],
      ['buy cheap heat', 0.03843433],
      ['', 0.9783361],
    ];
    for (const [text, score] of recorded) expect(await scorer.score(text)).toBeCloseTo(score, 5);
  });

  it('gives the same bytes for the same seed, and others for another', async () => {
    const train = async (seed: number): Promise<Buffer> => {
      await trainQualityModel({ ...small, epochs: 2, seed });
      return readFileSync(output);
    };
    const first = await train(1);
    expect((await train(1)).equals(first)).toBe(true);
    expect((await train(2)).equals(first)).toBe(false);
  });

  it.each([
    [{ texts: [{ text: 'x', label: 'a' }] }, /only the label __label__a/],
    [{ texts: [] }, /no label/],
    [{ texts: [{ text: 'x', label: 'two words' }] }, /it must be one word/],
    [{ wordNgrams: 1, buckets: 5 }, /buckets are for n-grams/],
    [{ epoch: 3 }, /no option "epoch": is "epochs" meant/],
    [{ learningRate: 0 }, /learningRate is 0/],
  ])('refuses %j', async (options, message) => {
    await expect(trainQualityModel({ ...small, heldOut: 0, ...options } as typeof small)).rejects.toThrow(
      message,
    );
  });
});
