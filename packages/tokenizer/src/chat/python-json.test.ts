/** Against json.dumps(json.loads(text)) of Python 3.11. */
import { textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { dumpPythonJson, parsePythonJson } from './python-json.js';
import { createTemplateRenderer } from './template-renderer.js';

const cases: [string, string][] = [
  ['{"id": 12345678901234567890}', '{"id": 12345678901234567890}'],
  ['{"x": 1.0}', '{"x": 1.0}'],
  ['{"2": "a", "1": "b"}', '{"2": "a", "1": "b"}'],
  ['{"x":1E400,"y":-1e400}', '{"x": Infinity, "y": -Infinity}'],
  ['{"a":1,"b":2,"a":3}', '{"a": 3, "b": 2}'],
  [
    '{"f":[1e16,123456789012345680.0,1e15,0.0001,0.00001,1.5e-7,-0.0,-0,1e22,5e-324]}',
    '{"f": [1e+16, 1.2345678901234568e+17, 1000000000000000.0, 0.0001, 1e-05, 1.5e-07, -0.0, 0, 1e+22, 5e-324]}',
  ],
  ['{"e":{},"l":[ ],"n":null,"t":true}', '{"e": {}, "l": [], "n": null, "t": true}'],
  ['{"__proto__": {"a": 1}, "s":"é\\u00e9\\n/\\/"}', '{"__proto__": {"a": 1}, "s": "éé\\n//"}'],
];

test.each(cases)('%s', (text, expected) => {
  expect(dumpPythonJson(parsePythonJson(text)!)).toBe(expected);
});

test.each(['{', '{"a":01}', '{"a":1,}', "{'a':1}", '{"a":1} x', '[1', '"\n"', '['.repeat(100_000), ''])(
  '%j is no JSON',
  (text) => {
    expect(parsePythonJson(text)).toBeUndefined();
  },
);

test("a template prints a call's arguments as Python does", async () => {
  const tokenizer = await trainTokenizer(['a'], { vocabularySize: 257, specialTokens: ['<|end|>'] });
  const template =
    '{% for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.arguments | tojson }}{% endfor %}<|end|>{% endfor %}';
  const renderer = await createTemplateRenderer(tokenizer, { chatTemplate: template, tokens: {} });
  for (const [input, expected] of cases) {
    const { ids } = renderer.render({
      messages: [
        textMessage('user', 'a'),
        { role: 'assistant', parts: [{ type: 'tool-call', tool: 'f', input }] },
      ],
    });
    expect(tokenizer.decode(ids)).toBe(`a<|end|>${expected}<|end|>`);
  }
});
