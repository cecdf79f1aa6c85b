/** `llm chat`: a conversation at the terminal, one question with `-p`, or questions from a pipe. */
import { createInterface } from 'node:readline';
import { chatHelp, chatLoop } from '../chat/chat-loop.js';
import { ChatSession } from '../chat/chat-session.js';
import { ownTools } from '../chat/own-tools.js';
import { findModel, type ModelFlags, openAssistant } from '../models/model-source.js';
import type { Output } from '../terminal/output.js';
import { shownLine } from '../terminal/shown-text.js';

export interface SamplingFlags {
  readonly seed: number;
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly maxTokens?: number | undefined;
}

export interface ChatFlags extends ModelFlags, SamplingFlags {
  readonly prompt?: string | undefined;
  readonly system?: string | undefined;
  /** False with `--no-tools`. */
  readonly tools: boolean;
}

/** Of models that say nothing themselves, and of those of a run, whose files only name their tokens. */
const defaultTemperature = 0.7;

export async function chat(flags: ChatFlags, output: Output): Promise<void> {
  const model = await findModel(flags);
  const assistant = await openAssistant(model, flags);
  try {
    const session = new ChatSession({
      assistant,
      tools: flags.tools ? ownTools(assistant) : [],
      seed: flags.seed,
      temperature: flags.temperature ?? (model.place === undefined ? undefined : defaultTemperature),
      topK: flags.topK,
      topP: flags.topP,
      maxNewTokens: flags.maxTokens,
      system: flags.system,
    });
    if (flags.prompt === undefined) await converse(session, model.title, output);
    else {
      await session.ask(flags.prompt, (text) => void output.stdout.write(text));
      output.stdout.write('\n');
    }
  } finally {
    await assistant.dispose();
  }
}

async function converse(session: ChatSession, title: string, output: Output): Promise<void> {
  const interactive = process.stdin.isTTY === true;
  if (interactive) output.stdout.write(`This is ${shownLine(title)}.\n${chatHelp}\n`);
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
