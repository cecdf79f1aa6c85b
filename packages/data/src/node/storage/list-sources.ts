/**
 * Files by pattern: `*` within a name, `**` across folders, `?`, `[…]` and `{a,b}`; a location that ends with
 * a slash is all files below. What starts with a dot is matched only by name.
 */
import { readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import picomatch from 'picomatch';
import type { StoredFile } from './byte-source.js';
import type { StorageOptions } from './http-client.js';
import { HubDatasets, parseHubUrl } from './hub-datasets.js';
import { localPath, openLocalFile } from './local-files.js';
import { openSource, schemeOf } from './open-storage.js';
import { parseS3Url, S3Client } from './s3-client.js';
import { storageError } from './storage-error.js';

/** The files that a location names, sorted by URL. Throws `data/storage-missing` when there are none. */
export async function listSources(location: string, options: StorageOptions = {}): Promise<StoredFile[]> {
  const scheme = schemeOf(location);
  // A question mark in a web address begins its query.
  const isPattern = (scheme === 'http' ? /[*{]/ : /[*?[{]/).test(location) || location.endsWith('/');
  if (!isPattern) {
    const { url, size } = await openSource(location, options);
    return [{ url, size }];
  }
  const found: StoredFile[] = [];
  if (scheme === 's3') {
    const { bucket, key } = parseS3Url(location);
    const { folder, matches } = split(key);
    for await (const file of new S3Client(options).list({ bucket, key: folder }))
      if (!file.key.endsWith('/') && matches(file.key)) found.push(file);
  } else if (scheme === 'hf') {
    const place = parseHubUrl(location);
    const { folder, matches } = split(place.path);
    for await (const file of new HubDatasets(options).list({ ...place, path: folder }))
      if (matches(file.path)) found.push(file);
  } else if (scheme === 'file') found.push(...(await localFiles(location)));
  else
    throw storageError(
      'no-listing',
      location,
      `${location.slice(0, 200)}: a web server lists no files. Name each, or the s3: or hf: location they lie at.`,
    );
  if (found.length === 0)
    throw storageError('missing', location, `No file matches ${location}. Check the pattern.`);
  return found
    .map(({ url, size }) => ({ url, size }))
    .sort((a, b) => (a.url < b.url ? -1 : a.url > b.url ? 1 : 0));
}

/** The folder that all matches lie in, and what matches. */
function split(pattern: string): { folder: string; matches: (path: string) => boolean } {
  const all = pattern === '' || pattern.endsWith('/');
  const plain = all ? pattern : pattern.slice(0, pattern.search(/[*?[{]/));
  const folder = plain.slice(0, plain.lastIndexOf('/') + 1);
  const matches = picomatch(all ? `${pattern}**` : pattern);
  return { folder, matches: (path) => matches(path) };
}

async function localFiles(location: string): Promise<StoredFile[]> {
  const isUrl = /^file:/i.test(location);
  const given = isUrl ? localPath(location) : location;
  const { folder, matches } = split(given.split(sep).join('/'));
  const root = resolve(folder === '' ? '.' : folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files: StoredFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = folder + relative(root, path).split(sep).join('/');
    if (!matches(name)) continue;
    files.push({ url: isUrl ? pathToFileURL(path).href : path, size: (await openLocalFile(path)).size });
  }
  return files;
}
