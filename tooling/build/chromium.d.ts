import type { InlineConfig } from 'vite';

/**
 * Path of Chromium; undefined, with a line on standard
 * error, when there is none. Throws instead where CI is set.
 */
export function findChromium(what: string): string | undefined;

export interface PageOptions {
  /** Chromium's path, from `findChromium`. */
  readonly chromium: string;
  /** Folder that is served. */
  readonly root: string;
  /** Page in it, with its query. Default `index.html`. */
  readonly page?: string | undefined;
  /** Build with Vite first and serve the result; otherwise its development server does. */
  readonly bundled?: boolean | undefined;
  /** WebGPU on Chromium's software driver. Default true; without it the browser offers no adapter. */
  readonly webgpu?: boolean | undefined;
  /** Vite settings on top of the ones for sources and cross-origin isolation. */
  readonly vite?: InlineConfig | undefined;
  /** Bytes of storage that the browser gives the page's site. Default: its own choice. */
  readonly quota?: number | undefined;
  /** Further switches of Chromium. */
  readonly flags?: readonly string[] | undefined;
  /** How long the page may take, in milliseconds. Default 540,000. */
  readonly timeout?: number | undefined;
}

/**
 * Opens a page in headless Chromium and returns the JSON it posts to `/report`; rejects with its first error.
 */
export function openInChromium(options: PageOptions): Promise<unknown>;
