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
  event.respondWith(answer(request));
});

/** A file as a whole, a part of it (weights are read in parts), or what is said of it (HEAD): each is kept by itself. */
function keyOf({ url, method, headers }) {
  const part = method === 'HEAD' ? 'none' : headers.get('range');
  return part === null ? url : `${url}${url.includes('?') ? '&' : '?'}part=${encodeURIComponent(part)}`;
}

/** The newest where there is a network, what was kept where there is none. */
async function answer(request) {
  const cache = await caches.open(cacheName);
  try {
    const response = isolated(await fetch(request));
    if (response.ok) {
      const { body, headers } = response.clone();
      // A cache takes no 206: it becomes one again when it is given out.
      await cache.put(keyOf(request), new Response(body, { headers }));
    }
    return response;
  } catch (error) {
    const kept = await cache.match(keyOf(request));
    if (kept === undefined) throw error;
    return request.headers.has('range')
      ? new Response(kept.body, { status: 206, headers: kept.headers })
      : kept;
  }
}

function isolated(response) {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(isolation)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
