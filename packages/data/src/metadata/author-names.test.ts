import { expect, test } from 'vitest';
import { cleanAuthors } from './author-names.js';

test.each([
  [['By Anna Gray'], ['Anna Gray']],
  [['Anna Gray and Ben Stone, Carla Hill'], ['Anna Gray', 'Ben Stone', 'Carla Hill']],
  [['Dylan Bailey, MS, RD'], ['Dylan Bailey']],
  [['Anna Gray | Staff Writer'], ['Anna Gray']],
  [['https://example.org/anna', 'admin', 'anna@example.org'], []],
  [['Anna Gray', 'ANNA GRAY'], ['Anna Gray']],
  [['3 days ago', 'Name *', '2020-01-05'], []],
  [['von Anna Gray (Redaktion)'], ['Anna Gray']],
  [['Jean-Luc Ó Briain'], ['Jean-Luc Ó Briain']],
])('%j are %j', (texts, names) => expect(cleanAuthors(texts)).toEqual(names));
