// The dialog over everything: it stays until somebody answers, and tells the others who did.

import { showSilence, sound } from "./frame.js";
import { showAges } from "./ages.js";

const TOLD_MS = 8_000;

const dialog = document.getElementById("emergency");
const waiting = [];
let shown = null;
let answered = false;

/** Ask for an answer to this incident, after those that were asked for before. */
export function raiseEmergency(incident, severity) {
  if (shown === incident || waiting.includes(incident)) return;
  sound.alarm(incident, severity);
  waiting.push(incident);
  if (!shown) next();
}

/** Somebody answered: close it for the one who did, tell the others. */
export function emergencyAnswered(incident, words, mine) {
  sound.silence(incident);
  const at = waiting.indexOf(incident);
  if (at >= 0) waiting.splice(at, 1);
  if (shown !== incident) return;
  if (mine && isAsking()) return; // the answer says this again
  answered = true;
  if (mine || !dialog.open) return close();
  const told = dialog.querySelector("[data-answered]");
  dialog.querySelector("[data-answer]").hidden = true;
  told.hidden = false;
  told.textContent = words;
  const button = document.createElement("button");
  button.className = "button";
  button.type = "button";
  button.textContent = "Close";
  button.addEventListener("click", close);
  told.after(button);
  button.focus();
  setTimeout(() => shown === incident && close(), TOLD_MS);
}

/** The clip of the emergency on screen is there now. */
export function emergencyClip(incident) {
  if (shown === incident && !answered) fill(incident);
}

// A form must stay on the page until it is answered: htmx looks for the places of the answer from where the form is.
const isAsking = () => dialog.querySelector("form.htmx-request") !== null;

async function next() {
  shown = waiting.shift() ?? null;
  answered = false;
  if (shown) await fill(shown);
}

async function fill(incident) {
  const response = await fetch(`/console/emergency/${incident}/`).catch(() => null);
  const page = response?.ok ? await response.text() : null;
  if (shown !== incident || answered || isAsking()) return; // what was said meanwhile must stay
  if (page === null) return close();
  const focused = dialog.contains(document.activeElement) ? document.activeElement.closest("[data-act]")?.dataset.act : null;
  dialog.innerHTML = page;
  dialog.dataset.severity = dialog.firstElementChild.dataset.severity;
  showSilence(dialog.querySelector("[data-muted]"));
  dialog.querySelector("[data-close]")?.addEventListener("click", close);
  htmx.process(dialog);
  showAges(dialog);
  if (!dialog.open) dialog.showModal();
  if (focused) dialog.querySelector(`[data-act="${focused}"] button`)?.focus();
}

function close() {
  if (shown) sound.silence(shown);
  dialog.replaceChildren();
  dialog.close();
  next();
}

dialog.addEventListener("cancel", (event) => {
  if (!answered) event.preventDefault();
});
dialog.addEventListener("close", () => {
  // A browser lets a second Escape through a prevented cancel.
  if (shown && !answered && dialog.childElementCount) dialog.showModal();
});
