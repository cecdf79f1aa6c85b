/**
 * Votes of a run, in its directory: a line each is added, none is ever changed, so that a process that is
 * killed loses nothing but the line it wrote. The pairs that training reads are written anew after each.
 */
import { appendFile, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { LlmError } from '@llm/core';
import { isVote, type KeptVotes, linesOf, preferenceLines, standingVotes, type Vote } from '@llm/studio/wire';

const votesName = 'preferences/votes.jsonl';
const pairsName = 'preferences/pairs.jsonl';
/** Of the file: a hundred thousand votes of a hundred tokens. */
const mostBytes = 200e6;

/** What each line begins and ends with, so that half a line before it harms nobody. */
async function linesIn(path: string): Promise<{ readonly votes: Vote[]; readonly damaged: number }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { votes: [], damaged: 0 };
    throw cause;
  }
  const votes: Vote[] = [];
  let damaged = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (isVote(value)) votes.push(value);
    else damaged++;
  }
  return { votes, damaged };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export async function readVotes(directory: string): Promise<KeptVotes> {
  const { votes, damaged } = await linesIn(join(directory, votesName));
  const place = join(directory, pairsName);
  const shown = relative('.', place);
  return { votes: standingVotes(votes), damaged, pairs: shown.startsWith('..') ? place : shown };
}

/** One after the other: two pages may vote at the same time. */
const writing = new Map<string, Promise<unknown>>();

/**
 * Those that are there already, to the last letter, are not written again: a page that did not hear the
 * answer asks once more. Throws `pipeline/votes-full`.
 */
export function addVotes(directory: string, given: readonly Vote[]): Promise<KeptVotes> {
  const before = writing.get(directory) ?? Promise.resolve();
  const work = before.then(() => write(directory, given));
  writing.set(
    directory,
    work.catch(() => {}),
  );
  return work;
}

async function write(directory: string, given: readonly Vote[]): Promise<KeptVotes> {
  const path = join(directory, votesName);
  await mkdir(dirname(path), { recursive: true });
  const { votes } = await linesIn(path);
  const last = new Map(votes.map((vote) => [vote.id, JSON.stringify(vote)]));
  const added = given.filter((vote) => last.get(vote.id) !== JSON.stringify(vote));
  if (added.length > 0) {
    const size = await stat(path).then(
      (entry) => entry.size,
      () => 0,
    );
    const lines = linesOf(added);
    if (size + lines.length > mostBytes)
      throw new LlmError({
        code: 'pipeline/votes-full',
        message: `${votesName} of this run would be larger than ${mostBytes / 1e6} MB. Move it away to begin anew.`,
      });
    // A line that a killed process left half done ends here.
    await appendFile(path, `${size === 0 ? '' : '\n'}${lines}`);
  }
  const kept = await readVotes(directory);
  const unfinished = join(directory, `${pairsName}.${process.pid}.tmp`);
  await writeFile(unfinished, linesOf(preferenceLines(kept.votes)));
  await rename(unfinished, join(directory, pairsName));
  return kept;
}
