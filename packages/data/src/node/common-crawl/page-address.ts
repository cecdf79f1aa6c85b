/**
 * Addresses as the indexes sort them (SURT): the host turned round, without `www`, then the path. Scheme,
 * port 80 and 443 and fragments do not tell two pages apart there.
 */
import { LlmError } from '@llm/core';

/** `org,example`, without the mark that ends a host. Throws `core/option-invalid`. */
export function surtHost(host: string): string {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (name === '')
    throw new LlmError({
      code: 'core/option-invalid',
      message: `"${host}" is no domain. Write one like example.org.`,
      details: { option: 'domain', value: host },
    });
  const bare = name.replace(/^www\d*\./, '').replace(/\.$/, '');
  return /^[\d.]+$|:/.test(bare) ? bare : bare.split('.').reverse().join(',');
}

export interface PageAddress {
  readonly host: string;
  /** The same for all ways to write the address of a page. */
  readonly key: string;
}

/** Throws `core/option-invalid`. */
export function pageAddress(url: string): PageAddress {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new LlmError({
      code: 'core/option-invalid',
      message: `"${url.slice(0, 200)}" is no address of a page. Write it whole: https://example.org/page.`,
      details: { option: 'urls', value: url },
    });
  return addressOf(new URL(url));
}

/** Undefined for what is no address; the index has such, too. */
export function addressKey(url: string): string | undefined {
  return URL.canParse(url) ? addressOf(new URL(url)).key : undefined;
}

function addressOf({ hostname, port, pathname, search }: URL): PageAddress {
  const host = surtHost(hostname);
  const path = pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname;
  return { host, key: `${host}${port === '' ? '' : `:${port}`})${path}${search}` };
}
