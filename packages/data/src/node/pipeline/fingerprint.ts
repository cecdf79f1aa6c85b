/** What decides the output: options and inputs. Under another fingerprint earlier work is not used. */
import { createHash } from 'node:crypto';
import { LlmError } from '@llm/core';
import { openSource } from '../storage/open-storage.js';

/** SHA-256 of a value's JSON; sets count as lists, functions do not count. */
export function fingerprint(value: unknown): string {
  const json = JSON.stringify(value, (_, item: unknown) => (item instanceof Set ? [...item] : item));
  return createHash('sha256').update(json).digest('hex');
}

/** Size and the first and last 64 KiB of a file: tells changed inputs apart without reading a crawl twice. */
export async function fileFingerprint(location: string): Promise<string> {
  const source = await openSource(location);
  const hash = createHash('sha256').update(String(source.size));
  hash.update(await source.read(0, endBytes));
  try {
    hash.update(await source.read(Math.max(0, source.size - endBytes), endBytes));
  } catch (error) {
    // A server that gives no parts: what it says of the version stands for the rest.
    if (!LlmError.isInstance(error) || error.code !== 'data/storage-no-ranges') throw error;
    hash.update(source.version);
  }
  return hash.digest('hex');
}

const endBytes = 65_536;
