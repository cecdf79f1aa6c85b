/**
 * The conversation at the terminal: questions from lines, answers streamed, a few commands that begin with a
 * slash.
 */
import { LlmError } from '@llm/core';
import { shownText } from '../terminal/shown-text.js';
import type { ChatSession } from './chat-session.js';

export interface ChatTerminal {
  /** Lines of input; ends at the end of the input. */
  readonly lines: AsyncIterable<string>;
  write(text: string): void;
  /** Shows the prompt for the next question; does nothing when the input is not a terminal. */
  ready(): void;
  /** For one answer: aborted by Ctrl-C. */
  startAnswer(): AbortSignal;
}

export const chatHelp = `Write a message and press Enter. Commands:
  /help              this text
  /reset             forget the conversation
  /temperature [t]   show or set the temperature (0: always the likeliest token)
  /quit              leave
`;

export async function chatLoop(session: ChatSession, terminal: ChatTerminal): Promise<void> {
  const write = (text: string): void => terminal.write(shownText(text));
  terminal.ready();
  for await (const raw of terminal.lines) {
    const line = raw.trim();
    if (line === '/quit' || line === '/exit') return;
    if (line.startsWith('/')) write(command(session, line));
    else if (line !== '') {
      try {
        await session.ask(line, write, terminal.startAnswer());
        write('\n');
      } catch (error) {
        if (!LlmError.isInstance(error)) throw error;
        write(`${error.message}\n`);
      }
    }
    terminal.ready();
  }
}

function command(session: ChatSession, line: string): string {
  const [name, argument] = line.split(/\s+/);
  if (name === '/help') return chatHelp;
  if (name === '/reset') {
    session.reset();
    return 'The conversation is forgotten.\n';
  }
  if (name === '/temperature') {
    const value = Number(argument);
    if (argument === undefined) return `The temperature is ${session.temperature}.\n`;
    if (!(value >= 0 && value <= 10))
      return 'Give a temperature from 0 to 10, for example /temperature 0.7\n';
    session.temperature = value;
    return `The temperature is now ${value}.\n`;
  }
  return `There is no command ${name}; /help lists them.\n`;
}
