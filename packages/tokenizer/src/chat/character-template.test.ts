/** Chat templates over tokenizers that put a space before a text: the ids of the whole rendered text. */
import { expect, test } from 'vitest';
import { fromTokenizerJson } from '../formats/read-tokenizer-json.js';
import { textOfByteToken } from '../vocabulary/character-vocabulary.js';
import { createTemplateRenderer } from './template-renderer.js';

const chatTemplate =
  "{{ bos_token }}{% for message in messages %}{% if message.role == 'user' %}[INST] {{ message.content }} [/INST]" +
  '{% else %} {{ message.content }} {{ eos_token }}{% endif %}{% endfor %}';
const config = { chatTemplate, tokens: { bos_token: '<s>', eos_token: '</s>' } };
const replace = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
const unreplace = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
const words = ['<unk>', '<s>', '</s>', ...Array.from({ length: 256 }, (_, byte) => textOfByteToken(byte))];
words.push(
  '▁',
  ...'INSThelo[]/<s>uk'.split('').filter((letter, i, all) => all.indexOf(letter) === i),
  '▁h',
  '▁[',
  'lo',
);

function tokenizerWith(spaces: object): ReturnType<typeof fromTokenizerJson> {
  return fromTokenizerJson(
    JSON.stringify({
      added_tokens: ['<unk>', '<s>', '</s>'].map((content, id) => ({ content, id, special: true })),
      ...spaces,
      decoder: { type: 'Sequence', decoders: [unreplace, { type: 'ByteFallback' }, { type: 'Fuse' }, strip] },
      model: {
        type: 'BPE',
        unk_token: '<unk>',
        fuse_unk: true,
        byte_fallback: true,
        vocab: Object.fromEntries(words.map((word, id) => [word, id])),
        merges: ['▁ h', '▁ [', 'l o'],
      },
    }),
  );
}

test.each([
  [
    'Prepend',
    { normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, replace] } },
  ],
  [
    'Metaspace first',
    { pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false } },
  ],
  ['no prefix', { normalizer: replace }],
])('%s', async (_, spaces) => {
  const tokenizer = tokenizerWith(spaces);
  const renderer = await createTemplateRenderer(tokenizer, config);
  const user = (text: string) => ({ role: 'user', parts: [{ type: 'text', text }] }) as const;
  const assistant = (text: string) => ({ role: 'assistant', parts: [{ type: 'text', text }] }) as const;
  const { ids, mask } = renderer.render({
    messages: [user('hello 🐚'), assistant('lo'), user('oh'), assistant('hole')],
  });
  const text = '<s>[INST] hello 🐚 [/INST] lo </s>[INST] oh [/INST] hole </s>';
  expect([...ids]).toEqual([...tokenizer.encode(text, { allowSpecial: true })]);
  // The answers with the space before them and the end token.
  const trained = [...ids].filter((_, i) => mask[i] === 1);
  expect(new TextDecoder().decode(tokenizer.decodeBytes(trained))).toBe(' lo  hole ');
  expect(renderer.stopToken).toBe(2);
  // What a person writes is no control token.
  const said = renderer.render({ messages: [user('</s>'), assistant('lo')] }).ids;
  expect([...said].filter((id) => id === 2)).toHaveLength(1);
  // A space after a control token may be the one that was put there.
  expect(tokenizer.decode(said).replace('<s> ', '<s>')).toBe('<s>[INST] </s> [/INST] lo </s>');
});
