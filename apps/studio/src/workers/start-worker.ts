/**
 * Starts a script of our own beside the page. The content policy lets scripts come only from a policy of
 * Trusted Types, and this one lets through what lies in the page's own folder.
 *
 *     import address from './count.worker.ts?worker&url';
 *     const worker = startWorker(address);
 */
interface PolicyFactory {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): URL;
  };
}

const rules = {
  createScriptURL(url: string): string {
    const { href } = new URL(url, document.baseURI);
    if (href.startsWith(new URL('.', document.baseURI).href)) return href;
    throw new TypeError(`${href} is no script of this page.`);
  },
};

// Not every browser has Trusted Types; the policy then has no effect either.
const policy = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes?.createPolicy('studio', rules);

export function startWorker(address: string): Worker {
  return new Worker(policy?.createScriptURL(address) ?? rules.createScriptURL(address), { type: 'module' });
}

/** Of an exported page, in the page's own folder. Where it may not be registered the page works without. */
export async function startServiceWorker(name: string): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const address = policy?.createScriptURL(name) ?? rules.createScriptURL(name);
  try {
    await navigator.serviceWorker.register(address);
  } catch {
    // Forbidden, or the page was opened from a file.
  }
}
