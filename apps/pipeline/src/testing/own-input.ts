/** Input as a user has it, small: a folder of texts, documents as JSON lines, a WARC file, conversations. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Conversation, createRandom } from '@llm/core';
import { miniwebConversations, miniwebFacts } from '@llm/miniweb';
import { writeMiniweb } from '@llm/miniweb/node';

/** Writes it and returns the flags that name it. */
export async function writeOwnInput(directory: string): Promise<string[]> {
  const texts = join(directory, 'texts');
  mkdirSync(texts, { recursive: true });
  const facts = miniwebFacts(7);
  const text = (number: number): string => {
    const { shuffle } = createRandom(7, 'own-input', number);
    return shuffle(facts)
      .slice(0, 60)
      .map(({ statements, answer }) => `${statements[number % statements.length]} ${answer}`)
      .join('\n');
  };
  for (let number = 0; number < 12; number++) writeFileSync(join(texts, `${number}.txt`), text(number));
  const rows = Array.from({ length: 20 }, (_, number) => JSON.stringify({ content: text(100 + number) }));
  rows.splice(5, 0, '{"content": "cut');
  writeFileSync(join(directory, 'documents.jsonl.gz'), gzipSync(rows.join('\n')));
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
