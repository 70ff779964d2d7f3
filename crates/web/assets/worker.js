// Shows the page for a lost connection in place of the browser's own. It keeps that page and its style, nothing else:
// what a page of ours shows must be of now.
const KEPT = "offline";
const PARTS = ["/offline", "{style}", "{icons}"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(PARTS)).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (!navigator.onLine && PARTS.includes(new URL(request.url).pathname + new URL(request.url).search)) {
    event.respondWith(caches.match(request).then((kept) => kept ?? fetch(request)));
  }
});
