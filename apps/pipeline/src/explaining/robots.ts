/** Whether a crawler may fetch the page: the line of `llm data explain` about robots.txt. */
import { existsSync, readFileSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { robotsVerdict } from '@llm/data';
import { fetchRobots, robotsOfArchive } from '@llm/data/node';

export interface RobotsFlags {
  /** A robots.txt, or an archive with the host's. */
  readonly robots?: string | undefined;
  readonly agent?: string | undefined;
}

export interface RobotsAnswer {
  readonly agent: string;
  readonly allowed?: boolean | undefined;
  readonly rule?: string | undefined;
  readonly line?: number | undefined;
  readonly source?: string | undefined;
}

const isArchive = /\.w?arc(?:\.(?:gz|zst|zstd|lz4))?$/i;
const defaultAgent = 'CCBot';

/**
 * `archive`: where the page itself was read from; `fetched`: it came from its host. Undefined for pages that
 * have no address on the web. Throws `pipeline/input-missing`.
 */
export async function robotsAnswer(
  url: string,
  { robots, agent = defaultAgent }: RobotsFlags,
  { archive, fetched, signal }: { archive?: string | undefined; fetched: boolean; signal: AbortSignal },
): Promise<RobotsAnswer | undefined> {
  if (!/^https?:\/\//i.test(url)) {
    if (robots === undefined) return undefined;
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message: '--robots asks about an address, and this page has none. Give it with --url.',
    });
  }
  const found = await find(url, robots, { archive, fetched, signal });
  if (found === undefined) return { agent };
  const { text, status, source } = found;
  // RFC 9309, 2.3.1: a file that is refused or not there forbids nothing, a server at fault everything.
  if (status >= 500)
    return { agent, source, allowed: false, rule: `status ${status}: nothing may be fetched` };
  if (status >= 400) return { agent, source, allowed: true, rule: `status ${status}: there are no rules` };
  const { allowed, rule, group } = robotsVerdict(text, agent, url);
  const said =
    rule?.text ??
    (group === undefined ? `no group for ${agent}` : `no rule of its group "${group}" is about it`);
  return { agent, source, allowed, rule: said, line: rule?.line };
}

async function find(
  url: string,
  robots: string | undefined,
  { archive, fetched, signal }: { archive?: string | undefined; fetched: boolean; signal: AbortSignal },
): Promise<Awaited<ReturnType<typeof fetchRobots>>> {
  if (robots !== undefined && isArchive.test(robots)) return robotsOfArchive(robots, url);
  if (robots !== undefined) {
    if (!existsSync(robots))
      throw new LlmError({
        code: 'pipeline/input-missing',
        message: `Cannot read --robots ${robots}: there is no such file. Give a robots.txt, or an archive that holds it.`,
        details: { path: robots },
      });
    return { text: readFileSync(robots, 'utf8'), status: 200, source: robots };
  }
  // A whole archive of this machine is read for it; one elsewhere only where it is named.
  if (archive !== undefined) return existsSync(archive) ? robotsOfArchive(archive, url) : undefined;
  if (!fetched) return undefined;
  // That nobody answers now is no verdict.
  return fetchRobots(url, signal).catch((error: unknown) => {
    if (LlmError.isInstance(error)) return undefined;
    throw error;
  });
}

export function robotsLines(answer: RobotsAnswer | undefined): string[] {
  if (answer === undefined) return [];
  const { agent, allowed, rule, line, source } = answer;
  if (allowed === undefined) return [`robots: no robots.txt of its host is known here (--robots names one)`];
  const where = line === undefined ? source : `line ${line} of ${source}`;
  return [`robots: ${agent} ${allowed ? 'may' : 'may not'} fetch it: ${rule} (${where})`];
}
