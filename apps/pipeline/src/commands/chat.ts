/** `llm chat`: a conversation at the terminal, one question with `-p`, or questions from a pipe. */
import { createInterface } from 'node:readline';
import { calculator } from '@llm/rl';
import { chatHelp, chatLoop } from '../chat/chat-loop.js';
import { ChatSession } from '../chat/chat-session.js';
import type { Output } from '../terminal/output.js';
import { shownLine } from '../terminal/shown-text.js';
import { type ModelFlags, openRunModel, type RunModel } from './open-run-model.js';

export interface SamplingFlags {
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
}

export interface ChatFlags extends ModelFlags, SamplingFlags {
  readonly prompt?: string | undefined;
  readonly system?: string | undefined;
}

export async function chat(flags: ChatFlags, output: Output): Promise<void> {
  const opened = await openRunModel(flags);
  try {
    const session = new ChatSession({
      model: opened.model,
      tokenizer: opened.tokenizer,
      renderer: opened.renderer,
      tools: [calculator],
      seed: flags.seed,
      temperature: flags.temperature,
      topK: flags.topK,
      topP: flags.topP,
      maxNewTokens: flags.maxTokens,
      system: flags.system,
    });
    if (flags.prompt === undefined) await converse(session, opened, output);
    else {
      await session.ask(flags.prompt, (text) => void output.stdout.write(text));
      output.stdout.write('\n');
    }
  } finally {
    await opened.model.dispose();
  }
}

async function converse(session: ChatSession, { name, directory }: RunModel, output: Output): Promise<void> {
  const interactive = process.stdin.isTTY === true;
  if (interactive) output.stdout.write(`The ${name} model of ${shownLine(directory)}.\n${chatHelp}\n`);
  const lines = createInterface({
    input: process.stdin,
    ...(interactive ? { output: process.stdout, prompt: '> ' } : {}),
  });
  let answering: AbortController | undefined;
  // Ctrl-C stops an answer; between answers it leaves.
  lines.on('SIGINT', () => {
    if (answering === undefined || answering.signal.aborted) lines.close();
    else answering.abort();
  });
  await chatLoop(session, {
    lines,
    write: (text) => void output.stdout.write(text),
    ready: () => {
      answering = undefined;
      if (interactive) lines.prompt();
    },
    startAnswer: () => {
      answering = new AbortController();
      return answering.signal;
    },
  });
  lines.close();
}
