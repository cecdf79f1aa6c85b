/** Input as a user has it, small: a folder of texts, documents as JSON lines, a WARC file, conversations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Conversation } from '@llm/core';
import { miniwebConversations } from '@llm/miniweb';
import { writeMiniweb } from '@llm/miniweb/node';
import { documentRow, englishDocument } from './documents.js';

/** Writes it and returns the flags that name it. */
export async function writeOwnInput(directory: string): Promise<string[]> {
  const texts = join(directory, 'texts');
  mkdirSync(texts, { recursive: true });
  for (let number = 0; number < 12; number++)
    writeFileSync(join(texts, `${number}.txt`), englishDocument(number));
  const rows = Array.from({ length: 20 }, (_, number) => documentRow(100 + number, 'content'));
  rows.splice(5, 0, '{"content": "cut\n');
  writeFileSync(join(directory, 'documents.jsonl.gz'), gzipSync(rows.join('')));
  const { warcs } = await writeMiniweb({ directory: join(directory, 'web'), seed: 7, pages: 60 });
  const chats = miniwebConversations({ seed: 7, count: 300, digits: 2 }).map(asRow);
  chats.splice(10, 0, '{"messages": []}', 'no JSON');
  writeFileSync(join(directory, 'chats.jsonl'), `${chats.join('\n')}\n`);
  return [
    ...['--warc', ...warcs, '--text', texts],
    ...['--jsonl', join(directory, 'documents.jsonl.gz'), '--text-field', 'content'],
    ...['--conversations', join(directory, 'chats.jsonl')],
  ];
}

function asRow({ messages }: Conversation): string {
  return JSON.stringify({ messages: messages.map(({ role, parts }) => ({ role, content: parts })) });
}
