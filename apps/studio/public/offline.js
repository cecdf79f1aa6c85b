/*
 * Service worker of an exported page: everything it has fetched is there without a network, and comes with the
 * headers that isolate the page, which threads of WebAssembly need and a plain web server does not send.
 */
const cacheName = 'studio';
const isolation = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (!['GET', 'HEAD'].includes(request.method) || new URL(request.url).origin !== self.location.origin)
    return;
  // Ranges are of files that are too large to be kept.
  if (request.headers.has('range')) return;
  event.respondWith(answer(request));
});

/** The newest where there is a network, what was kept where there is none. */
async function answer(request) {
  const cache = await caches.open(cacheName);
  try {
    const response = isolated(await fetch(request));
    if (response.ok && request.method === 'GET') await cache.put(request, response.clone());
    return response;
  } catch (error) {
    // Whether a file is there, its content says.
    const kept = await cache.match(request, { ignoreMethod: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

function isolated(response) {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
