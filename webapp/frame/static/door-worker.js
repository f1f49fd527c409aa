/* Keeps the page of a door, and what it is made of, for when there is no network: it is always asked
   for anew first. What the site answers no more (the link has ended) is forgotten at once, and
   everything after a day and a half: there are names in it. */
"use strict";
const KEPT = "door";
const LONGEST = 36 * 3600 * 1000;

function old(answer) {
  const date = Date.parse(answer.headers.get("Date") || "");
  return Number.isNaN(date) || Date.now() - date > LONGEST;
}

async function forgetOld() {
  const kept = await caches.open(KEPT);
  for (const asked of await kept.keys()) {
    const answer = await kept.match(asked);
    if (answer && old(answer)) await kept.delete(asked);
  }
}

async function answered(request) {
  const kept = await caches.open(KEPT);
  try {
    const answer = await fetch(request);
    if (answer.ok && answer.type === "basic") await kept.put(request, answer.clone());
    else if (answer.status >= 400 && answer.status < 500) await kept.delete(request);
    return answer;
  } catch (problem) {
    const answer = await kept.match(request);
    if (answer && !old(answer)) return answer;
    throw problem;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOld().then(() => self.clients.claim()));
});
self.addEventListener("fetch", (event) => {
  const here = new URL(event.request.url).origin === self.location.origin;
  if (event.request.method === "GET" && here) event.respondWith(answered(event.request));
});
