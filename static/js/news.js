// New incidents wait in a bar above the queue, so that nothing moves under the eyes of who is reading.

import { headline, SEVERITIES } from "./words.js";

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

const waiting = new Map(); // incident id → its message

export function addNews(message) {
  waiting.set(message.incident, message);
  show();
}

export function dropNews(incident) {
  if (waiting.delete(incident)) show();
}

export function clearNews() {
  waiting.clear();
  show();
}

export const isNews = (incident) => waiting.has(incident);

function show() {
  const all = [...waiting.values()];
  byId("news").hidden = all.length === 0;
  byId("strip-note").hidden = all.length > 0;
  if (!all.length) return;
  const worst = all.reduce((a, b) => (b.severity >= a.severity ? b : a));
  byId("news-count").textContent = `${all.length} new`;
  byId("news-mark").replaceChildren(severity(worst.severity));
  byId("news-where").textContent = `${worst.site} · ${worst.camera}`;
  byId("news-what").textContent = headline(worst.reason);
}

function severity(level) {
  const mark = document.createElement("span");
  mark.className = "severity";
  mark.dataset.severity = level;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "mark");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#sev-${level}`);
  picture.append(use);
  mark.append(picture, SEVERITIES[level]);
  return mark;
}
