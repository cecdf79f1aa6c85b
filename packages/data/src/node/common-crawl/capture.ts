/** One page in a crawl, and which bytes of which archive hold it. */
export interface Capture {
  readonly url: string;
  /** `20260112093000`. */
  readonly timestamp: string;
  readonly status: number;
  readonly mime: string;
  /** Path below the data of Common Crawl. */
  readonly filename: string;
  readonly offset: number;
  /** Bytes of the gzip member. */
  readonly length: number;
}

/** What is looked for: either, or both. */
export interface CaptureQuery {
  /** All pages of a domain and its subdomains. */
  readonly domain?: string | undefined;
  readonly urls?: readonly string[] | undefined;
}

/** Only pages that were there; a revisit or a redirect has no text. */
export const isPage = ({ status }: Capture): boolean => status === 200;
