import { expect, test } from 'vitest';
import { emptyDraft, inputOf, requestOf } from './run-draft.js';

test('only what was filled in is asked for', () => {
  expect(requestOf(emptyDraft())).toEqual({ preset: 'smoke', record: true });
  const draft = emptyDraft();
  draft.numbers.depth = '4';
  draft.numbers.size = '500';
  expect(requestOf(draft)).toEqual({ preset: 'smoke', depth: 4, size: 500, record: true });
  // Of files there are no pages to invent.
  const files = { ...draft, input: 'warc' as const, paths: ' a.warc.gz \n\n b/ ', conversations: 'c.jsonl' };
  expect(requestOf(files)).toEqual({
    ...{ preset: 'smoke', depth: 4, record: true },
    ...{ warc: ['a.warc.gz', 'b/'], conversations: ['c.jsonl'] },
  });
});

test('a file is taken as what its name says', () => {
  const names = ['x.warc.gz', 'y.wet', 'notes.MD', 'rows.jsonl', 'my-chats.jsonl.gz', 'model.gguf'];
  expect(names.map(inputOf)).toEqual(['warc', 'warc', 'text', 'jsonl', 'conversations', undefined]);
});
