// Acknowledge, resolve, comment: shown at once, taken back with the reason when the server refuses.

import { toast } from "./frame.js";
import { forgetDrafts } from "./drafts.js";

const byId = (id) => document.getElementById(id);
const { initials } = document.body.dataset;
const taken = new WeakMap(); // form → how to take the optimistic change back

const WORDS = {
  acknowledge: "You are on it",
  "false-alarm": "False alarm, closed by you",
  resolve: "Resolved by you",
  undo: "You are on it again",
};

/** openIncident() returns what the stage shows; answered(form) is called once the server agreed. */
export function listenForAnswers(openIncident, answered) {
  document.body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!detail.elt.matches("form[data-act]")) return;
    detail.parameters.open = openIncident() ?? "";
    detail.parameters.event = byId("player")?.dataset.event ?? "";
  });
  document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    const form = detail.elt;
    if (!form.matches("form[data-act]")) return;
    taken.set(form, showAtOnce(form, openIncident()));
    form.closest("dialog#resolve")?.close();
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const form = detail.elt;
    if (!form.matches?.("form[data-act]")) return;
    if (detail.successful) {
      forgetDrafts(form);
      answered(form);
      return;
    }
    taken.get(form)?.();
    const status = detail.xhr?.status ?? 0;
    if (status !== 409 && status !== 422) toast(reasonOf(detail.xhr), { refused: true });
  });
}

export function incidentOf(form) {
  return form.getAttribute("action").match(/incidents\/([0-9a-f-]+)\//)[1];
}

function showAtOnce(form, open) {
  const incident = incidentOf(form);
  const act = form.dataset.act;
  if (act === "comment") return commentAtOnce(form);
  const kept = ["head", "actions"].filter((id) => open === incident && byId(id)).concat(`card-${incident}`);
  const before = new Map(kept.filter(byId).map((id) => [id, byId(id).cloneNode(true)]));
  if (open === incident) {
    byId("state-words").textContent = WORDS[act];
    for (const button of byId("actions").querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  }
  const card = byId(`card-${incident}`);
  if (card) {
    const mark = document.createElement("span");
    mark.className = act === "acknowledge" || act === "undo" ? "person-mark" : "chip";
    mark.textContent = mark.className === "chip" ? "closing" : initials;
    card.querySelector(".card-age > :not(time)")?.remove();
    card.querySelector(".card-age").prepend(mark);
  }
  return () => {
    for (const [id, node] of before) {
      byId(id)?.replaceWith(node);
      htmx.process(node);
    }
  };
}

function commentAtOnce(form) {
  const field = form.elements.text;
  const text = field.value;
  const entry = document.createElement("li");
  entry.dataset.kind = "commented";
  const time = document.createElement("span");
  time.className = "meta";
  time.textContent = "sending";
  const words = document.createElement("p");
  words.textContent = text;
  entry.append(time, words);
  byId("timeline").prepend(entry);
  field.value = "";
  return () => {
    entry.remove();
    field.value ||= text;
  };
}

function reasonOf(xhr) {
  if (!xhr?.status) return "The server could not be reached, so nothing was changed. Try again.";
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.getElementById("reason")?.textContent ?? "That did not work, and nothing was changed. Try again.";
}
