import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LlmError } from '@llm/core';
import { getLIDModel } from 'fasttext.wasm.js';
import { describe, expect, it } from 'vitest';
import { readFastTextModel } from './fasttext-model.js';

const file = 'fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz';
const bytes = readFileSync(createRequire(import.meta.url).resolve(file));

const lines = [
  'The old harbour of the town was built with stones that were carried down the river by boat.',
  'Der alte Hafen der Stadt wurde aus Steinen gebaut, die man mit Booten den Fluss herunterbrachte.',
  'Le vieux port de la ville fut construit avec des pierres que l’on descendait en bateau.',
  'El viejo puerto de la ciudad se construyó con piedras que bajaban por el río en barcas.',
  'Старая гавань города была построена из камней, которые везли вниз по реке на лодках.',
  '町の古い港は、船で川を下って運ばれた石で造られました。',
  'المرفأ القديم للمدينة بني من حجارة نقلت في القوارب عبر النهر.',
  'Starý přístav města byl postaven z kamenů, které se vozily po řece na lodích.',
  'house Haus maison casa дом 家 بيت dům',
  'two words\tand\u00a0a no-break space, 12345, email@example.com 😀😀',
  '__label__de is no label here',
  'x',
  '12 345 !!',
  '',
];

interface PredictionVector {
  get(index: number): [score: number, label: string];
  delete(): void;
}

describe('readFastTextModel', () => {
  it('agrees with fastText itself (its WebAssembly build) on label and score', async () => {
    const reference = await (await getLIDModel()).load();
    const model = readFastTextModel(bytes);
    expect(model.labels).toHaveLength(176);
    const seen = new Set<string>();
    for (const line of [...lines, lines.join(' ').repeat(20)]) {
      const vector = reference.predict(`${line}\n`, 1, 0) as unknown as PredictionVector;
      const [score, label] = vector.get(0);
      vector.delete();
      const ours = model.predict(line);
      expect([line, ours.label]).toEqual([line, label.replace('__label__', '')]);
      expect(Math.abs(ours.score - Math.min(1, score))).toBeLessThan(1e-5);
      seen.add(ours.label);
    }
    for (const language of ['en', 'de', 'fr', 'es', 'ru', 'ja', 'ar', 'cs']) expect(seen).toContain(language);
  });

  it('refuses sizes that the file cannot hold, before memory is taken for them', () => {
    // Offsets in lid.176.ftz: dimension, then the counts of entries, words and pruned n-grams.
    for (const [at, value] of [
      [8, 1_000_000],
      [8, -1],
      [64, 2_000_000_000],
      [68, 2_000_000_000],
      [68, -5],
      [84, 2_000_000_000],
    ] as const) {
      const lying = Buffer.from(bytes);
      lying.writeInt32LE(value, at);
      const before = process.memoryUsage().arrayBuffers;
      expect(() => readFastTextModel(lying)).toThrow('This is no fastText model');
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2e8);
    }
  });

  it('refuses bytes that are no such model', () => {
    const cut = bytes.subarray(0, 500_000);
    for (const broken of [new Uint8Array(0), bytes.subarray(1), Buffer.from('PK'.repeat(100)), cut]) {
      expect(() => readFastTextModel(broken)).toThrow(LlmError);
    }
  });
});
