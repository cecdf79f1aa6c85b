/** Broken and hostile bytes end in a typed error, soon. */
import { createRandom, LlmError } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { parseOnnx } from './parse-onnx.js';
import { WireWriter } from './wire-format.js';

const tensor = (write: (writer: WireWriter) => void): Uint8Array =>
  new WireWriter().message(7, (graph) => graph.message(5, write)).finish();

const codeOf = (bytes: Uint8Array): string => {
  try {
    parseOnnx(bytes);
    return 'read';
  } catch (error) {
    return LlmError.isInstance(error) ? error.code : String(error);
  }
};

describe('a tensor', () => {
  test.each<[string, (writer: WireWriter) => unknown]>([
    [
      'of numbers that never end',
      (writer) => writer.bytes(1, new Uint8Array(300_000).fill(0xff)).integer(2, 7),
    ],
    ['whose packed numbers are cut', (writer) => writer.bytes(1, Uint8Array.of(1, 0x80)).integer(2, 7)],
    [
      'of other size than its shape',
      (writer) => writer.integer(1, 3).integer(2, 1).bytes(9, new Uint8Array(8)),
    ],
    ['of a negative size', (writer) => writer.integer(1, -1).integer(2, 1)],
    ['of five bytes of floats', (writer) => writer.integer(1, 1).integer(2, 1).bytes(9, new Uint8Array(5))],
    [
      'of three bytes of packed floats',
      (writer) => writer.integer(1, 1).integer(2, 1).bytes(4, new Uint8Array(3)),
    ],
    ['whose type is text', (writer) => writer.text(2, 'float')],
    ['of integers that are floats', (writer) => writer.integer(1, 1).integer(2, 7).float(4, 0.5)],
    [
      'beside the file, without a place',
      (writer) =>
        writer
          .integer(1, 1)
          .integer(2, 1)
          .message(13, () => undefined),
    ],
  ])('%s is malformed', (_, write) => {
    const started = performance.now();
    expect(codeOf(tensor((writer) => void write(writer)))).toBe('graph/onnx-malformed');
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

test('random bytes, and a model with bytes changed, are read or refused by a code', () => {
  const random = createRandom(3, 'onnx');
  const model = new WireWriter()
    .integer(1, 8)
    .message(8, (opset) => opset.text(1, '').integer(2, 17))
    .message(7, (graph) =>
      graph
        .message(1, (node) =>
          node
            .text(1, 'a')
            .text(2, 'b')
            .text(4, 'Relu')
            .message(5, (attribute) =>
              attribute.text(1, '__proto__').bytes(8, Uint8Array.of(1, 2)).integer(20, 7),
            ),
        )
        .message(5, (writer) => writer.integer(1, 2).integer(2, 1).bytes(9, new Uint8Array(8)).text(8, 'w'))
        .message(11, (value) =>
          value
            .text(1, 'a')
            .message(2, (type) =>
              type.message(1, (inner) =>
                inner.integer(1, 1).message(2, (shape) => shape.message(1, (size) => size.integer(1, 2))),
              ),
            ),
        ),
    )
    .finish();
  expect(codeOf(model)).toBe('read');
  for (let run = 0; run < 20_000; run++) {
    const bytes =
      run % 2 === 0
        ? Uint8Array.from({ length: random.integer(40) }, () => random.integer(256))
        : model.slice(0, random.integer(model.length + 1));
    for (let change = random.integer(3); run % 2 === 1 && change >= 0 && bytes.length > 0; change--)
      bytes[random.integer(bytes.length)] = random.integer(256);
    expect(codeOf(bytes)).toMatch(/^(?:read|graph\/onnx-(?:malformed|unsupported))$/);
  }
});
