// Fetch the newest picture of each camera on screen, and never let an old one look alive.

import { stream } from "./frame.js";
import "./elsewhere.js";

const EVERY_MS = 2_000;
const SAY_AGE_FROM_S = 2;
const NOT_LIVE_FROM_S = 6; // three missed pictures: the camera, the worker or the line is gone

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) target.dataset.onScreen = isIntersecting ? "yes" : "no";
});

class View {
  #box;
  #image;
  #takenAt = null;
  #etag = "";
  #busy = false;

  constructor(box) {
    this.#box = box;
    this.#image = box.querySelector("img");
    this.#takenAt = Date.parse(box.dataset.takenAt) || null;
    seen.observe(box);
  }

  async refresh() {
    if (this.#busy || document.hidden || this.#box.dataset.onScreen !== "yes" || this.#box.dataset.state === "disabled") return;
    this.#busy = true;
    try {
      const headers = this.#etag ? { "If-None-Match": this.#etag } : {};
      const response = await fetch(this.#box.dataset.snapshot, { headers, cache: "no-store", signal: AbortSignal.timeout(5_000) });
      const age = Number(response.headers.get("X-Picture-Age"));
      if (response.status === 304) this.#takenAt = Date.now() - age * 1000;
      if (response.status === 200) await this.#show(response, age);
    } catch {
      // No answer is no news: the age goes on counting, and says so itself.
    } finally {
      this.#busy = false;
    }
  }

  tell() {
    const age = this.#takenAt === null ? null : (Date.now() - this.#takenAt) / 1000;
    const watching = ["online", "degraded"].includes(this.#box.dataset.state);
    const live = watching && age !== null && age < NOT_LIVE_FROM_S;
    this.#box.dataset.live = live ? "yes" : "no";
    const said = this.#box.querySelector(".frame-age");
    said.hidden = age === null || (live && age < SAY_AGE_FROM_S);
    if (age !== null) said.textContent = live ? `${Math.round(age)} s` : `last picture ${span(age)} ago`;
  }

  async #show(response, age) {
    const picture = URL.createObjectURL(await response.blob());
    const previous = this.#image.src;
    this.#image.src = picture;
    this.#image.hidden = false;
    this.#etag = response.headers.get("ETag") ?? "";
    this.#takenAt = Date.now() - age * 1000;
    const empty = this.#box.querySelector(".nothing");
    if (empty) empty.hidden = true;
    if (previous.startsWith("blob:")) URL.revokeObjectURL(previous);
  }
}

function span(seconds) {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

const views = [...document.querySelectorAll("[data-snapshot]")].map((box) => new View(box));

function tick() {
  for (const view of views) view.tell();
}

setInterval(() => views.forEach((view) => view.refresh()), EVERY_MS);
setInterval(tick, 500);
document.addEventListener("visibilitychange", () => views.forEach((view) => view.refresh()));
setTimeout(() => views.forEach((view) => view.refresh()), 50);

stream.on((message) => {
  const box = document.querySelector(`[data-camera="${message.camera}"]`);
  if (message.type !== "camera" || !box || box.dataset.state === message.status) return;
  box.dataset.state = message.status;
  // The words of a state are the server's: fetch the part of this page that says them.
  htmx.ajax("GET", location.href, { target: `#about-${message.camera}`, select: `#about-${message.camera}`, swap: "outerHTML" });
});

// A panel that refreshes itself must not vanish because the session ended: then the page goes where the server sends it.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const [asked, answered] = [detail.pathInfo.requestPath, detail.pathInfo.responsePath].map((path) => new URL(path, location).pathname);
  if (asked === answered) return;
  detail.shouldSwap = false;
  location.reload();
});
tick();
