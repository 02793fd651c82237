// The service worker of the linked members' app. What it keeps: files of ours, whose addresses change when they do; the page for no
// network; and of a person's own pages the two that are needed in a cellar. Signing out clears all of it (Clear-Site-Data).
import { flush } from './queue.js';

const files = 'files';
const pages = 'pages';
const offline = '/phone/offline';
const personal = ['/phone', '/phone/report'];
const base = new URL('../', import.meta.url).href;

/** A module of ours and all it imports. */
async function modules(url, found = new Set()) {
  if (found.has(url)) return found;
  found.add(url);
  const text = await (await fetch(url)).text();
  for (const [, name] of text.matchAll(/^import\s(?:[^'"]*\sfrom\s)?['"](\.[^'"]+)['"]/gm))
    await modules(new URL(name, url).href, found);
  return found;
}

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const scripts = await Promise.all(['js/phone.js', 'js/public.js'].map((name) => modules(new URL(name, base).href)));
      const wanted = new Set([new URL('css/app.css', base).href, ...scripts.flatMap((found) => [...found])]);
      await (await caches.open(files)).addAll([...wanted]);
      await (await caches.open(pages)).add(offline);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(files);
      for (const request of await cache.keys()) if (!request.url.startsWith(base)) await cache.delete(request);
      await self.clients.claim();
    })(),
  );
});

async function file(request) {
  const cache = await caches.open(files);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && request.url.startsWith(base)) await cache.put(request, answer.clone());
  return answer;
}

/** The page as it is now; without a network as it was last, else the page that says so. */
async function page(request) {
  const { pathname, search } = new URL(request.url);
  const cache = await caches.open(pages);
  try {
    const answer = await fetch(request);
    if (request.method === 'GET') {
      // A form for one building or for speaking is not the one to be found in a cellar.
      if (answer.ok && search === '' && personal.includes(pathname)) await cache.put(pathname, answer.clone());
      // Whoever signs in next must not find the last one's list.
      if (pathname === '/sign-in') await Promise.all(personal.map((path) => cache.delete(path)));
    }
    return answer;
  } catch {
    const known = request.method === 'GET' && personal.includes(pathname) ? await cache.match(pathname) : undefined;
    return known ?? (await cache.match(offline)) ?? Response.error();
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (request.method === 'GET' && url.pathname.startsWith('/assets/')) event.respondWith(file(request));
});

self.addEventListener('sync', (event) => {
  if (event.tag === 'reports') event.waitUntil(flush());
});
