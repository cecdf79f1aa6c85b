import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { labelIndex, readFastTextModel } from './fasttext-model.js';

// Written by tooling/oracles/data/fasttext_models.py with fastText's own bindings.
const { tests, models } = JSON.parse(
  readFileSync(new URL('./fixtures/fasttext-losses.json', import.meta.url), 'utf8'),
) as {
  readonly tests: readonly string[];
  readonly models: readonly {
    readonly file: string;
    readonly bytes: string;
    readonly rows: readonly (readonly (readonly [string, number])[])[];
  }[];
};
const bytesOf = (file: string): Uint8Array =>
  new Uint8Array(gunzipSync(Buffer.from(models.find((one) => one.file === file)!.bytes, 'base64')));

test.each(models.map(({ file, rows }) => [file, rows] as const))(
  '%s scores lines as fastText does',
  (file, rows) => {
    const model = readFastTextModel(bytesOf(file));
    expect(rows.length).toBe(tests.length);
    for (const [at, expected] of rows.entries()) {
      const line = tests[at]!;
      const scores = model.scores(line);
      // Labels that scored nothing at all are not named.
      for (const [label, score] of expected)
        expect([line, label, scores[labelIndex(model, label)]!]).toEqual([
          line,
          label,
          expect.closeTo(Math.min(1, score), 5),
        ]);
      const [first, second] = expected;
      const { label, score } = model.predict(line);
      expect(score).toBeCloseTo(Math.min(1, first?.[1] ?? 0), 5);
      // Sigmoids come out of a table: several labels may have the same.
      if (first !== undefined && first[1] - (second?.[1] ?? 0) > 1e-6)
        expect([line, label]).toEqual([line, first[0]]);
    }
  },
);

test('bytes that may be moved about are read in place, wherever the rows lie', () => {
  for (const { file } of models) {
    const given = bytesOf(file);
    for (let shift = 0; shift < 4; shift++) {
      const padded = new Uint8Array(given.length + shift);
      padded.set(given, shift);
      const model = readFastTextModel(padded.subarray(shift), { mayOverwrite: true });
      expect(model.scores(tests[0]!)).toEqual(readFastTextModel(given).scores(tests[0]!));
    }
  }
});

test('a model that is cut anywhere, or of word vectors, is a clear error', () => {
  for (const { file } of models) {
    const whole = bytesOf(file);
    for (let length = 0; length < whole.length; length += 37)
      expect(() => readFastTextModel(whole.subarray(0, length))).toThrow(/This is no fastText model/);
  }
  const changed = (at: number, value: number) => {
    const bytes = bytesOf('softmax.bin');
    new DataView(bytes.buffer).setInt32(at, value, true);
    return () => readFastTextModel(bytes);
  };
  expect(changed(4, 13)).toThrow(/its version is 13/);
  // Behind magic, version and six numbers: loss, then model.
  expect(changed(8 + 6 * 4, 9)).toThrow(/its loss is number 9/);
  expect(changed(8 + 7 * 4, 2)).toThrow(/word vectors/);
  expect(() => labelIndex(readFastTextModel(bytesOf('hs.bin')), 'xx')).toThrow(/no label "xx". It has/);
});
