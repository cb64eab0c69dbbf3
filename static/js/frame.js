// Every page: the live line, sound, colours, search, messages, and the keys that work everywhere.

import { AlertStream } from "./alerts.js";
import { clock, countAges } from "./ages.js";
import { Sound } from "./sound.js";

const TOAST_MS = 10_000; // as long as an action can be undone
const CHORD_MS = 1_500;

const byId = (id) => document.getElementById(id);
const { position, person } = document.body.dataset;

export const sound = new Sound(person, showSound);
export const stream = new AlertStream(Number(position), showLine);

let offlineSince = null;

function showLine(state, since) {
  offlineSince = state === "offline" ? since : null;
  const shown = byId("link-state");
  shown.dataset.state = state;
  if (state !== "offline") shown.textContent = state === "catching-up" ? "catching up" : state;
  else showOffline();
  document.body.dataset.line = state;
}

function showOffline() {
  if (offlineSince !== null) byId("link-state").textContent = `offline since ${clock((Date.now() - offlineSince) / 1000)}`;
}

function showSound() {
  const button = byId("sound");
  const on = !sound.muted;
  button.setAttribute("aria-pressed", String(on));
  button.querySelector("[data-when=on]").hidden = !on;
  button.querySelector("[data-when=off]").hidden = on;
  byId("sound-word").textContent = sound.muted ? "Muted" : sound.waitingForTouch ? "Click for sound" : "Sound on";
  button.classList.toggle("is-muted", !sound.heard);
  for (const sign of document.querySelectorAll("[data-muted]")) showSilence(sign);
}

/** Say on this element why nothing is heard; hide it while everything is. */
export function showSilence(sign) {
  sign.hidden = sound.heard;
  sign.textContent = sound.muted ? "Sound is muted on this console." : "There is no sound until you click or press a key here.";
}

/** Say something in a corner for ten seconds, or until it is dismissed; href leads to what it speaks of. */
export function toast(text, { refused = false, href = "", stays = false } = {}) {
  const box = document.createElement("div");
  box.className = refused ? "toast refused" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.className = "button quiet";
  close.type = "button";
  close.dataset.dismiss = "";
  close.textContent = "Dismiss";
  box.append(words);
  if (href) {
    const link = document.createElement("a");
    link.className = "button primary";
    link.href = href;
    link.textContent = "Open";
    box.append(link);
  }
  box.append(close);
  box.dataset.stays = stays ? "yes" : "no";
  byId("toasts").append(box);
}

/** Say something to a screen reader at once. */
export function announce(text) {
  byId("announcer").textContent = text;
}

export function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable]") !== null;
}

function forgetToasts() {
  new MutationObserver((changes) => {
    for (const added of changes.flatMap((change) => [...change.addedNodes])) {
      if (added.nodeType === Node.ELEMENT_NODE && added.dataset.stays !== "yes") setTimeout(() => added.hidden || added.remove(), TOAST_MS);
    }
  }).observe(byId("toasts"), { childList: true });
  byId("toasts").addEventListener("click", (event) => {
    const toast = event.target.closest(".toast");
    if (event.target.closest("[data-dismiss]")) setTimeout(() => toast.remove());
    // The form must stay on the page until it is answered: htmx looks for the panels from where the form is.
    else if (event.target.closest("[data-undo]")) setTimeout(() => (toast.hidden = true));
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt.closest?.(".toast[hidden]")?.remove());
}

function colours() {
  const group = byId("theme");
  group.hidden = false;
  const chosen = localStorage.getItem("theme") ?? "auto";
  for (const radio of group.querySelectorAll("input")) radio.checked = radio.value === chosen;
  group.addEventListener("change", (event) => colour(event.target.value));
  // One press on the bar: the other of the two; the menu knows a third, what the system says.
  byId("theme-switch").hidden = false;
  byId("theme-switch").addEventListener("click", () => {
    const other = isDark() ? "light" : "dark";
    group.querySelector(`[value=${other}]`).checked = true;
    colour(other);
  });
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", showColour);
  showColour();
}

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark";

function colour(chosen) {
  localStorage.setItem("theme", chosen);
  if (chosen === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  showColour();
}

function showColour() {
  const dark = isDark();
  const button = byId("theme-switch");
  button.querySelector("[data-when=dark]").hidden = !dark;
  button.querySelector("[data-when=light]").hidden = dark;
  byId("theme-word").textContent = button.title = dark ? "Light colours" : "Dark colours";
}

function keysEverywhere() {
  let chordAt = 0;
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const chord = Date.now() - chordAt < CHORD_MS;
    chordAt = key === "g" && !chord ? Date.now() : 0;
    const room = chord && { i: "/console/", c: "/cameras/", s: "/search/" }[key];
    if (room) location.assign(room);
    else if (key === "/") byId("find-words").focus();
    else if (key === "?") byId("keys").showModal();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}

for (const id of ["link-state", "sound"]) byId(id).hidden = false;
for (const button of document.querySelectorAll("[data-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    byId("person").open = false;
    byId("keys").showModal();
  });
}
byId("sound").addEventListener("click", () => (sound.waitingForTouch ? showSound() : sound.toggle()));
byId("find-site").addEventListener("change", () => byId("find").requestSubmit());
document.addEventListener("click", (event) => {
  if (!event.target.closest("#person")) byId("person").open = false;
});
setInterval(showOffline, 1000);
showSound();
forgetToasts();
colours();
keysEverywhere();
countAges();
stream.start();
