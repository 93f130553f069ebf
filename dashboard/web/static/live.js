// New alerts without reloading. Each second the strip is asked for; it carries the versions of the other parts (data-part),
// and a part whose version differs is asked for too. ETags make the unchanged cheap. Without this script one reloads.
"use strict";

const SECOND = 1000;
const PATIENCE = 3 * SECOND; // for one answer
const STALE_AFTER = 3; // failures in a row before the page says that it hears nothing
const strip = document.getElementById("strip");
const tags = new Map();
let failures = 0;
let title = document.title;

/** The body of a part, null if it is the one we have. Throws on anything else. */
async function ask(url) {
  const headers = tags.has(url) ? { "If-None-Match": tags.get(url) } : {};
  const answer = await fetch(url, { headers, cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 304) return null;
  if (answer.status === 403) document.getElementById("closed").hidden = false;
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  tags.set(url, answer.headers.get("ETag"));
  return answer.text();
}

/** Put new content in place; what had the focus, and what was opened, stays so. */
function put(place, html) {
  const focused = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const open = [...place.querySelectorAll("details")].map((one) => one.open);
  const made = document.createElement("template");
  made.innerHTML = html;
  place.replaceChildren(made.content);
  place.querySelectorAll("details").forEach((one, at) => { one.open = Boolean(open[at]); });
  if (focused) [...place.querySelectorAll("a")].find((one) => one.getAttribute("href") === focused)?.focus();
}

function ids(place) {
  return new Set([...place.querySelectorAll("[data-id]")].map((one) => one.dataset.id));
}

/** Mark what was not there before, say it to a screen reader, and count it in the tab's title. */
function welcome(place, before) {
  const known = new Set([...before, ...arrivals]);
  const fresh = [...place.querySelectorAll("[data-id]")].filter((one) => !known.has(one.dataset.id));
  fresh.forEach((one) => arrivals.add(one.dataset.id));
  place.querySelectorAll("[data-id]").forEach((one) => one.classList.toggle("arrived", arrivals.has(one.dataset.id)));
  if (!fresh.length) return;
  const words = document.getElementById("announce");
  const first = fresh[0].querySelector(".title").textContent;
  words.textContent = fresh.length === 1 ? words.dataset.one.replace("%", () => first) : words.dataset.many.replace("%", fresh.length);
  if (document.hidden) document.title = `(${arrivals.size}) ${title}`;
}
const arrivals = new Set();

async function renew(place, version) {
  const html = await ask(place.dataset.live);
  if (html !== null) {
    const before = ids(place);
    put(place, html);
    if (place.id === "inbox") welcome(place, before);
  }
  place.dataset.version = version;
}

async function turn() {
  try {
    const html = await ask(strip.dataset.live);
    if (html !== null) put(strip, html);
    const versions = strip.firstElementChild.dataset;
    for (const place of document.querySelectorAll("[data-part]")) {
      if (versions[place.dataset.part] !== place.dataset.version) await renew(place, versions[place.dataset.part]);
    }
    failures = 0;
  } catch {
    failures += 1;
  }
  const closed = !document.getElementById("closed").hidden;
  document.getElementById("stale").hidden = closed || failures < STALE_AFTER;
  if (!closed) setTimeout(turn, SECOND);
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) document.title = title; });
setTimeout(turn, SECOND);
