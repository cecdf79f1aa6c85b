import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveOptions } from './flags.js';
import { describeInput } from './inputs/input-file.js';
import { presetOptions } from './presets.js';

describe('flags to options', () => {
  test('a new run takes the preset; flags go over it', async () => {
    expect(await resolveOptions({}, undefined)).toEqual(presetOptions('default'));
    const options = await resolveOptions(
      {
        preset: 'smoke',
        seed: 9,
        size: 250,
        vocabulary: 700,
        depth: 3,
        context: 96,
        inputNoise: 0.2,
        rlSteps: 2,
      },
      undefined,
    );
    expect(options).toMatchObject({
      preset: 'smoke',
      seed: 9,
      input: { kind: 'miniweb', pages: 250 },
      tokenizer: { vocabularySize: 700 },
      model: { depth: 3, contextLength: 96 },
      pretrain: { columns: 96, inputNoise: 0.2 },
      sft: { columns: 96 },
      rl: { steps: 2 },
    });
  });

  test('an existing run keeps its options when nothing is given, and when the same preset is named again', async () => {
    const existing = await resolveOptions({ preset: 'smoke', seed: 4, depth: 3 }, undefined);
    expect(await resolveOptions({}, existing)).toEqual(existing);
    expect(await resolveOptions({ preset: 'smoke' }, existing)).toEqual(existing);
    expect((await resolveOptions({ preset: 'default' }, existing)).model).toEqual(
      presetOptions('default').model,
    );
  });

  test('own files are noted with size and time, so that a change is noticed', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'llm-flags-'));
    const path = join(directory, 'a.txt');
    writeFileSync(path, 'four');
    const { input } = await resolveOptions({ text: [path] }, undefined);
    expect(input).toEqual({
      kind: 'files',
      files: [{ kind: 'text', path, bytes: 4, modified: expect.any(Number), digest: expect.any(String) }],
    });
    expect(() => describeInput('warc', join(directory, 'none'))).toThrow(
      /Cannot read --warc .*none: .*no such file/,
    );
    expect(() => describeInput('warc', directory)).toThrow('it is a directory');
  });
});
