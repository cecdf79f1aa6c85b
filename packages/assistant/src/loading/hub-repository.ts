/** What a model repository of the hub holds, asked with `fetch`: names, sizes and hashes of its files. */
import { LlmError } from '@llm/core';

export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  /** In bytes. */
  readonly size: number;
  /** Lower-case SHA-256, where the server says it. */
  readonly sha256: string | undefined;
  /** Tells contents apart: the commit on the hub, elsewhere ETag or date. */
  readonly version: string;
}

export interface HubOptions {
  /** Default https://huggingface.co. */
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const address = /^hf:([A-Za-z0-9_][\w.-]*(?:\/[A-Za-z0-9_][\w.-]*)?)(?:@([^@\s]+))?$/;
const wanted =
  /^(config|generation_config|tokenizer|tokenizer_config|special_tokens_map|chat_template)\.json$|^chat_template\.jinja$|^additional_chat_templates\/tool_use\.jinja$|^model(-\d{5}-of-\d{5})?\.safetensors$|^model\.safetensors\.index\.json$/;

/**
 * The files of `hf:owner/name[@revision]` that make a model. Throws `assistant/source-unknown`,
 * `assistant/source-missing` or `assistant/source-unreachable`.
 */
export async function hubFiles(source: string, options: HubOptions): Promise<RemoteFile[]> {
  const [, repository, revision = 'main'] = address.exec(source) ?? [];
  if (repository === undefined)
    throw new LlmError({
      code: 'assistant/source-unknown',
      message: `"${source.slice(0, 200)}" is not an address on the hub. Write hf:owner/name, or hf:owner/name@revision.`,
      details: { source: source.slice(0, 200) },
    });
  const endpoint = (options.endpoint ?? 'https://huggingface.co').replace(/\/+$/, '');
  const url = `${endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`;
  const response = await ask(url, options);
  const info = (await response.json().catch(() => undefined)) as Description | undefined;
  if (typeof info?.sha !== 'string' || !Array.isArray(info.siblings))
    throw unreachable(url, 'does not describe a model as the hub does');
  const files = info.siblings.flatMap(({ rfilename: name, size, lfs }): RemoteFile[] => {
    if (typeof name !== 'string' || !wanted.test(name)) return [];
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
      throw unreachable(url, `does not say how large ${name} is`);
    const path = name.split('/').map(encodeURIComponent).join('/');
    const sha256 = typeof lfs?.sha256 === 'string' ? lfs.sha256 : undefined;
    return [
      {
        name,
        size,
        sha256,
        version: info.sha!,
        url: `${endpoint}/${repository}/resolve/${info.sha}/${path}`,
      },
    ];
  });
  // Some repositories hold one file and the shards of it.
  const isSingle = files.some(({ name }) => name === 'model.safetensors');
  return files.filter(({ name }) => !isSingle || !/-of-|index\.json$/.test(name));
}

/** A file at any address, by what its server says of it. */
export async function remoteFile(url: string, options: HubOptions): Promise<RemoteFile> {
  const { headers } = await ask(url, options, 'HEAD');
  const size = Number(headers.get('x-linked-size') ?? headers.get('content-length') ?? Number.NaN);
  if (!Number.isSafeInteger(size)) throw unreachable(url, 'does not say how large it is');
  const etag = (headers.get('x-linked-etag') ?? headers.get('etag') ?? '').replaceAll(/^W\/|"/g, '');
  const isHash = /^[\da-f]{64}$/.test(etag);
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1)!);
  const version = etag || (headers.get('last-modified') ?? String(size));
  return { name, url, size, sha256: isHash ? etag : undefined, version };
}

interface Description {
  readonly sha?: string | undefined;
  readonly siblings?:
    | readonly {
        readonly rfilename?: unknown;
        readonly size?: unknown;
        readonly lfs?: { readonly sha256?: unknown } | undefined;
      }[]
    | undefined;
}

/** Throws `assistant/source-missing` or `assistant/source-unreachable`. */
export async function ask(
  url: string,
  { token, signal }: HubOptions,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { ...authorization, ...headers },
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw unreachable(
      url,
      'cannot be reached (the connection, or the server does not allow this page)',
      cause,
    );
  }
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    throw unreachable(url, `answers ${response.status}: there is no such model, or it wants a token`);
  if (response.status === 404)
    throw new LlmError({
      code: 'assistant/source-missing',
      message: `There is no ${url}. Check name and revision.`,
      details: { url },
    });
  throw unreachable(url, `answers ${response.status}`);
}

export function unreachable(url: string, what: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'assistant/source-unreachable',
    message: `${url} ${what}. What was fetched is kept; try again.`,
    details: { url },
    cause,
  });
}
