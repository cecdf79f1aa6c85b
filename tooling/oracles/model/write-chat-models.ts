/**
 * Writes the finished chat models of apps/pipeline/src/testing/finished-chat.ts, for chat_models.py to open.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  messages,
  patterns,
  texts,
  writeFinishedChat,
} from '../../../apps/pipeline/src/testing/finished-chat.js';

const directory = process.argv[2]!;
const folders: Record<string, string> = {};
for (const pattern of patterns)
  folders[pattern] = (await writeFinishedChat(join(directory, pattern), pattern)).folder;
await writeFile(join(directory, 'models.json'), JSON.stringify({ folders, texts, messages }));
