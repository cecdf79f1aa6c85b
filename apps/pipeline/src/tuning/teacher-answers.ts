/**
 * `llm sft --teacher https://…`: what a model behind an endpoint answers, asked once. Each answer is kept as
 * it comes, so that a stop costs only those under way; all together are a file that a training which goes on
 * reads again.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversation } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { createChatEndpoint, distillResponses } from '@llm/sft';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { unfit } from './open-tunable.js';
import { tuningDisplay } from './tuning-display.js';
import type { FineTuneFlags } from './tuning-flags.js';

const folder = 'teacher';

interface KeptAnswer {
  readonly text: string;
  readonly finishReason: string;
}

/**
 * The conversations up to their last question, with the teacher's answer behind it. Throws
 * `sft/no-conversations` and what the endpoint throws, `Interrupted`.
 */
export async function teacherAnswers(
  conversations: readonly Conversation[],
  { flags, out, output }: { readonly flags: FineTuneFlags; readonly out: string; readonly output: Output },
): Promise<Conversation[]> {
  const prompts = conversations.flatMap((conversation) => {
    const last = conversation.messages.findLastIndex(({ role }) => role === 'user');
    return last < 0 ? [] : [{ ...conversation, messages: conversation.messages.slice(0, last + 1) }];
  });
  const { teacher, teacherModel, maxTokens = 512, temperature } = flags;
  const settings = { teacher, teacherModel, maxTokens, temperature };
  const store = new DirectoryStore(out);
  const key = `${folder}/answers-${digest([settings, prompts.map(({ messages }) => messages)])}.json`;
  if (await store.has(key)) return JSON.parse(new TextDecoder().decode(await store.read(key)));
  if (existsSync(join(out, 'tuning.json')))
    throw unfit(
      '--teacher',
      `${out} holds a training from other answers: give its own flags and files, or another --out`,
    );
  const partial = join(out, folder, 'answers.jsonl');
  mkdirSync(join(out, folder), { recursive: true });
  const kept = readKept(partial);
  const title = `asking ${teacherModel} ${prompts.length} questions${kept.size > 0 ? `, ${kept.size} answered before` : ''}`;
  const display = tuningDisplay(output, {
    name: 'distil',
    title,
    resumed: kept.size > 0,
    json: flags.json ?? false,
  });
  const interruption = listenForInterruption(() => display.note('Stopping… (Ctrl-C again exits at once)'));
  try {
    const { signal } = interruption;
    const apiKey = process.env.OPENAI_API_KEY;
    const endpoint = createChatEndpoint({
      ...{ url: teacher!, model: teacherModel!, maxTokens, temperature, signal },
      ...(apiKey !== undefined && apiKey !== '' && { apiKey }),
    });
    const { conversations: answered } = await distillResponses({
      prompts,
      signal,
      stage: 'distil',
      onEvent: display.event,
      endpoint: async (prompt) => {
        const name = digest([settings, prompt.messages]);
        const known = kept.get(name);
        if (known !== undefined) return known;
        const answer = await endpoint(prompt);
        appendFileSync(partial, `${JSON.stringify({ name, ...answer })}\n`);
        return answer;
      },
    });
    await store.write(key, new TextEncoder().encode(JSON.stringify(answered)));
    display.finish(`${answered.length} of ${prompts.length} questions answered.`);
    return [...answered];
  } catch (error) {
    display.finish();
    if (!interruption.signal.aborted) throw error;
    display.note('Stopped; the answers so far are kept. The same command goes on.');
    throw interruption.signal.reason;
  } finally {
    interruption.dispose();
  }
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** A line that was torn when the program ended is asked for again. */
function readKept(path: string): Map<string, KeptAnswer> {
  const kept = new Map<string, KeptAnswer>();
  if (!existsSync(path)) return kept;
  const text = readFileSync(path, 'utf8');
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
  for (const line of text.split('\n')) {
    try {
      const { name, text: answer, finishReason } = JSON.parse(line) as KeptAnswer & { readonly name: string };
      kept.set(name, { text: answer, finishReason });
    } catch {
      // Torn, or the end of the file.
    }
  }
  return kept;
}
