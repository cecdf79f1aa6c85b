/**
 * Storage is a URL: `file:` and plain paths, `https:` and `http:` (read), `s3:`, `hf:` (data sets). The
 * one place that knows the schemes.
 */
import type { ArtifactStore } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { ByteSource, OutputFile } from './byte-source.js';
import { HttpClient, type StorageOptions } from './http-client.js';
import { HubCommits } from './hub-commits.js';
import { HubDatasets, parseHubUrl } from './hub-datasets.js';
import { HubOutput } from './hub-output.js';
import { HubStore } from './hub-store.js';
import { LocalOutput, localPath, openLocalFile } from './local-files.js';
import { openRangedSource } from './ranged-source.js';
import { parseS3Url, S3Client } from './s3-client.js';
import { S3Output } from './s3-output.js';
import { S3Store } from './s3-store.js';
import { storageError } from './storage-error.js';

export type Scheme = 'file' | 'http' | 's3' | 'hf';

/**
 * What a location begins with decides; a drive letter of Windows is one letter. Throws
 * `data/storage-url-invalid`.
 */
export function schemeOf(location: string): Scheme {
  const scheme = /^([a-z][a-z\d+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return 'file';
  if (scheme === 'https' || scheme === 'http') return 'http';
  if (scheme === 's3' || scheme === 'hf') return scheme;
  // A colon may be part of a file's name.
  if (!location.slice(scheme.length).startsWith('://')) return 'file';
  throw storageError(
    'url-invalid',
    location,
    `${location.slice(0, 200)}: ${scheme}: is not read. Storage is a path, file:, https:, s3: or hf:.`,
  );
}

/**
 * Asks for the file once: what cannot be read is an error here. Throws `data/storage-…`,
 * `data/input-missing`.
 */
export async function openSource(location: string, options: StorageOptions = {}): Promise<ByteSource> {
  switch (schemeOf(location)) {
    case 'file':
      return openLocalFile(location);
    case 'http':
      if (!URL.canParse(location))
        throw storageError(
          'url-invalid',
          location,
          `"${location.slice(0, 200)}" is no URL. Check the address.`,
        );
      return openRangedSource({ client: new HttpClient({}, options), url: location, address: location });
    case 's3':
      return new S3Client(options).open(parseS3Url(location));
    case 'hf':
      return new HubDatasets(options).open(parseHubUrl(location));
  }
}

/** A file that is seen when it is whole. Throws `data/storage-read-only` where nothing can be written. */
export async function openOutput(location: string, options: StorageOptions = {}): Promise<OutputFile> {
  const scheme = schemeOf(location);
  if (scheme === 'file') return LocalOutput.open(location);
  if (scheme === 's3') return new S3Output(new S3Client(options), parseS3Url(location));
  if (scheme === 'hf') return HubOutput.open(new HubCommits(options), parseHubUrl(location));
  throw readOnly(location);
}

/** The artifacts below a location. Throws `data/storage-read-only`, `data/storage-credentials`. */
export function openStore(location: string, options: StorageOptions = {}): ArtifactStore {
  const scheme = schemeOf(location);
  if (scheme === 'file') return new DirectoryStore(localPath(location));
  if (scheme === 's3') return new S3Store(new S3Client(options), parseS3Url(location));
  if (scheme === 'hf') return new HubStore(parseHubUrl(location), options);
  throw readOnly(location);
}

/**
 * Throws where nothing could be written below `location`, before hours of work: an upload to S3 is begun and
 * aborted, and the hub is asked how it would take a file, which leaves nothing.
 */
export async function checkWritable(location: string, options: StorageOptions = {}): Promise<void> {
  const name = `${location.replace(/\/+$/, '')}/.write-check`;
  const scheme = schemeOf(location);
  if (scheme === 's3') {
    const client = new S3Client(options);
    const place = parseS3Url(name);
    return client.abortUpload(place, await client.startUpload(place));
  }
  if (scheme === 'hf') return new HubCommits(options).checkWritable(parseHubUrl(name));
  if (scheme !== 'file') throw readOnly(location);
  const output = await LocalOutput.open(name);
  await output.abandon();
}

const readOnly = (location: string): Error =>
  storageError(
    'read-only',
    location,
    `Nothing can be written to ${location}: outputs are a path, file:, s3: or hf:. Write there, and upload what is whole.`,
  );
