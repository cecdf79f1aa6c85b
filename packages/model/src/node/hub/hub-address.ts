/** `hf:owner/name` or `hf:owner/name@revision`: a model repository on a hub of Hugging Face. */
import { LlmError } from '@llm/core';

export interface HubAddress {
  /** `owner/name`, or `name` alone for repositories older than owners. */
  readonly repository: string;
  /** Branch, tag, `refs/pr/1` or commit. Default `main`. */
  readonly revision: string;
}

export const isHubAddress = (source: string): boolean => source.startsWith('hf:');

const name = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const pattern = new RegExp(`^hf:(${name}(?:/${name})?)(?:@([^@\\s]+))?$`);

/** The hub's own limit on a repository's name is 96; together they must fit the name of a folder. */
const longestAddress = 200;

/** Throws `model/hub-address-invalid`. */
export function parseHubAddress(source: string): HubAddress {
  const [, repository, revision = 'main'] = pattern.exec(source) ?? [];
  if (
    repository === undefined ||
    repository.length + revision.length > longestAddress ||
    [...repository.split('/'), ...revision.split('/')].some(isUnsafe)
  )
    throw new LlmError({
      code: 'model/hub-address-invalid',
      message: `"${source.slice(0, 200)}" is not an address on the hub. Write hf:owner/name, or hf:owner/name@revision.`,
      details: { source },
    });
  return { repository, revision };
}

/** Names become folders of the cache. */
const isUnsafe = (segment: string): boolean =>
  segment === '' || /^\.+$/.test(segment) || segment.includes('\\') || segment.includes('--..');
