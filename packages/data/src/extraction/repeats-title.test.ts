import { expect, it } from 'vitest';
import { repeatsTitle } from './repeats-title.js';

it.each([
  ['The harbour of Westport', 'The harbour of Westport'],
  ['The harbour of Westport', 'Coast News | The harbour of Westport'],
  ['The harbour of Westport', 'Coast News: The harbour of Westport'],
  ['THE HARBOUR OF WESTPORT', 'The harbour of Westport – Coast News'],
  ['The harbour of “Westport”.', 'The harbour of "Westport" · Coast'],
  ['Ports: the harbour of Westport', 'Ports: The Harbour of Westport | News | Coast'],
  ['The harbour of Westport', 'The harbour of Westport (with photos)'],
  ['DeepMind new computer', 'DeepMind new computer_Science_Coast'],
  ['ウエストポートの港', 'ウエストポートの港｜海岸新聞'],
])('%j repeats %j', (line, title) => expect(repeatsTitle(line, title)).toBe(true));

it.each([
  ['The harbour of Westport', 'The harbour of Westport is closed - Coast News'],
  ['The harbour', 'The harbour of Westport'],
  ['Westport', 'The harbour of Westport'],
  ['of Westport', 'The harbour - of Westport and others'],
  ['—', 'The harbour — Coast'],
  ['', ''],
])('%j does not repeat %j', (line, title) => expect(repeatsTitle(line, title)).toBe(false));
