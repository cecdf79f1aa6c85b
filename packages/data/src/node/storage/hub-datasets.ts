/**
 * Data sets on a hub of Hugging Face: `hf://datasets/owner/name[@revision]/path`, as its own file system
 * names them (a slash in a revision is `%2F`). A revision is looked up once and files are read at that
 * commit, so that a run sees one state. `HF_TOKEN` opens private and gated ones, `HF_ENDPOINT` names
 * another hub. Writing is in `hub-commits.ts`.
 */
import type { ByteSource, StoredFile } from './byte-source.js';
import { HttpClient, readBytes, type StorageOptions } from './http-client.js';
import { openRangedSource } from './ranged-source.js';
import { storageError } from './storage-error.js';

export interface HubPlace {
  /** `owner/name`. */
  readonly repository: string;
  readonly revision: string;
  readonly path: string;
}

const name = '[A-Za-z0-9_][A-Za-z0-9._-]*';
const pattern = new RegExp(`^hf:(?://)?datasets/(${name}/${name})(?:@([^/\\s]+))?(?:/(.*))?$`, 's');
export const longestAnswer = 64 * 1024 * 1024;

/** Throws `data/storage-url-invalid`. */
export function parseHubUrl(url: string): HubPlace {
  const [, repository, revision = 'main', path = ''] = pattern.exec(url) ?? [];
  if (repository !== undefined) return { repository, revision: decodeURIComponent(revision), path };
  throw storageError(
    'url-invalid',
    url,
    `"${url.slice(0, 200)}" is no data set on the hub. Write hf://datasets/owner/name/path, with @revision after the name where it is not main.`,
  );
}

export const hubUrl = ({ repository, revision, path }: HubPlace): string =>
  `hf://datasets/${repository}@${encodeURIComponent(revision)}/${path}`;

const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

export interface HubConnection {
  readonly client: HttpClient;
  readonly endpoint: string;
  readonly hasToken: boolean;
}

/** Throws `data/storage-url-invalid` for an endpoint that is none. */
export function connectToHub(
  options: StorageOptions = {},
  environment: Readonly<Record<string, string | undefined>> = process.env,
): HubConnection {
  const endpoint = (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '');
  const token = environment.HF_TOKEN || undefined;
  if (!URL.canParse(endpoint))
    throw storageError('url-invalid', endpoint, `HF_ENDPOINT is "${endpoint}", which is no URL.`);
  const home = new URL(endpoint).origin;
  const client = new HttpClient(
    {
      // Large files lie on other hosts, which the token is not for.
      authorize: (request) =>
        token === undefined || new URL(request.url).origin !== home
          ? request
          : { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } },
      explain: ({ url, status, header }) => {
        const code = header('x-error-code') ?? '';
        if (status !== 401 && status !== 403 && code !== 'GatedRepo') return undefined;
        // The hub answers 401 for a repository that does not exist, so as not to tell of private ones.
        const advice =
          token === undefined
            ? 'Check the name; if the data set is private or gated, set HF_TOKEN.'
            : 'The token gives no access, or has expired: check HF_TOKEN, the name, and whether its terms were accepted.';
        return storageError('denied', url, `The hub refuses ${url} (${code || status}). ${advice}`);
      },
    },
    options,
  );
  return { client, endpoint, hasToken: token !== undefined };
}

export class HubDatasets {
  readonly #client: HttpClient;
  readonly #endpoint: string;

  /** Throws `data/storage-url-invalid`. */
  constructor(options: StorageOptions = {}) {
    const { client, endpoint } = connectToHub(options);
    this.#client = client;
    this.#endpoint = endpoint;
  }

  async open(place: HubPlace): Promise<ByteSource> {
    const pinned = { ...place, revision: await this.#commit(place) };
    const path = pinned.path.split('/').map(encodeURIComponent).join('/');
    return openRangedSource({
      client: this.#client,
      url: hubUrl(pinned),
      address: `${this.#endpoint}/datasets/${pinned.repository}/resolve/${pinned.revision}/${path}`,
    });
  }

  /** Every file below `place.path`, which is a folder or empty, by path. */
  async *list(place: HubPlace): AsyncGenerator<StoredFile & { readonly path: string }> {
    const revision = await this.#commit(place);
    const folder = place.path.replace(/\/+$/, '').split('/').map(encodeURIComponent).join('/');
    let url: string | undefined =
      `${this.#endpoint}/api/datasets/${place.repository}/tree/${revision}/${folder}?recursive=true`;
    while (url !== undefined) {
      const page: string = url;
      const { entries, next } = await this.#client.request(
        () => ({ method: 'GET', url: page }),
        async (response) => {
          const text = new TextDecoder().decode(await readBytes(response, longestAnswer));
          return {
            entries: parsed<readonly TreeEntry[]>(text, page),
            next: /<([^>]+)>;\s*rel="next"/.exec(response.header('link') ?? '')?.[1],
          };
        },
      );
      for (const { type, path, size } of entries)
        if (type === 'file') yield { path, size, url: hubUrl({ ...place, revision, path }) };
      url = next === undefined ? undefined : new URL(next, page).href;
    }
  }

  async #commit({ repository, revision }: HubPlace): Promise<string> {
    if (isCommit(revision)) return revision;
    const url = `${this.#endpoint}/api/datasets/${repository}/revision/${encodeURIComponent(revision)}`;
    const text = await this.#client.request(
      () => ({ method: 'GET', url }),
      async (response) => new TextDecoder().decode(await readBytes(response, longestAnswer)),
    );
    const { sha } = parsed<{ readonly sha?: unknown }>(text, url);
    if (typeof sha === 'string' && isCommit(sha)) return sha;
    throw storageError(
      'protocol',
      url,
      `${url} names no commit: that is not how a hub answers. Check HF_ENDPOINT.`,
    );
  }
}

interface TreeEntry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
}

export function parsed<T>(text: string, url: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw storageError('protocol', url, `${url} answers with what is no JSON. Check HF_ENDPOINT.`, cause);
  }
}
