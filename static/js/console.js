// The console: what is selected, the keys, and what a message from the server changes on the page.

import { announce, sound, stream, toast, typing } from "./frame.js";
import { showAges } from "./ages.js";
import { EMERGENCY_FROM, raiseWaiting } from "./alarms.js";
import { listenForAnswers, incidentOf } from "./answers.js";
import { keepDrafts, restoreDrafts } from "./drafts.js";
import { emergencyAnswered } from "./emergency.js";
import { addNews, clearNews, dropNews, isNews } from "./news.js";
import { hearOrMute, playOrPause, startPlayer, stepFrame } from "./player.js";
import { loopThumbs } from "./thumbs.js";
import { nameThePage } from "./waiting.js";
import { sentence } from "./words.js";

const GATHER_MS = 80; // a burst of messages becomes one look at each thing
const RETRY_MS = 3_000;
const MANY = 8;

const byId = (id) => document.getElementById(id);
const query = () => byId("queue").dataset.query;
const openIncident = () => byId("stage")?.dataset.incident ?? null;
const isNarrowed = () => [...new URLSearchParams(query()).keys()].some((name) => name !== "scope");
const cards = () => [...document.querySelectorAll("#cards > .card")];
const withQuery = (path, more = {}) => {
  const values = new URLSearchParams(query());
  for (const [name, value] of Object.entries(more)) if (value) values.set(name, value);
  return values.size ? `${path}?${values}` : path;
};

const stale = { cards: new Set(), stage: false, player: false, timer: 0 };

// Each place has a source of its own: htmx lets requests of one source wait for each other and drops all but the last.
const fetchInto = (place, address) => htmx.ajax("GET", address, { source: place, target: place, swap: "innerHTML" });

// — selection —

let loaded = Promise.resolve(true); // whether the stage shows what was chosen; answers wait for it

function open(incident, choice) {
  loaded = load(incident, choice);
  return loaded;
}

async function load(incident, { push = true, event = "" } = {}) {
  if (push) history.pushState({}, "", withQuery(`/incidents/${incident}/`, { event }));
  document.body.className = "view-incident";
  mark(incident);
  byId("incident").setAttribute("aria-busy", "true");
  byId("incident").inert = true; // its buttons still answer the incident before
  await fetchInto("#incident", withQuery(`/console/incident/${incident}/`, { event })).catch(() => {}); // said below
  byId("incident").removeAttribute("aria-busy");
  byId("incident").inert = false;
  if (openIncident() !== incident) {
    mark(openIncident());
    toast("That incident did not load. Choose it again to retry.", { refused: true });
    return false;
  }
  nameThePage(`${byId("stage").dataset.name} · Console · Vedette`);
  if (matchMedia("(max-width: 799px)").matches) scrollTo(0, 0);
  return true;
}

function mark(incident) {
  for (const card of cards()) {
    const chosen = card.dataset.incident === incident;
    card.toggleAttribute("data-selected", chosen);
    if (chosen) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  }
}

function move(by) {
  const all = cards();
  if (!all.length) return;
  const at = all.findIndex((card) => card.dataset.incident === openIncident());
  const card = all[Math.min(all.length - 1, Math.max(0, at + by))];
  card.querySelector("h3 a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  if (card.dataset.incident !== openIncident()) open(card.dataset.incident);
}

async function refreshQueue() {
  const top = byId("queue").scrollTop;
  const address = withQuery("/console/queue/", { selected: openIncident() });
  await htmx.ajax("GET", address, { source: "#strip", target: "#queue", swap: "outerHTML" });
  byId("queue").scrollTop = top;
  raiseWaiting();
  stream.seenUpTo(Number(byId("queue").dataset.position));
  clearNews();
  mark(openIncident());
  if (!openIncident() && cards().length && innerWidth >= 800) await show(cards()[0].dataset.incident);
}

/** Put an incident on an empty stage, without pretending that the person chose it. */
function show(incident) {
  mark(incident);
  return fetchInto("#incident", withQuery(`/console/incident/${incident}/`));
}

async function showNews() {
  // What is new may not be among what this list is narrowed to.
  if (isNarrowed()) return location.assign("/console/");
  await refreshQueue();
  byId("queue").scrollTop = 0;
  document.querySelector("#cards h3 a")?.focus();
}

function openResolve() {
  const form = byId("resolve-template");
  if (!form) return;
  byId("resolve").replaceChildren(form.content.cloneNode(true));
  htmx.process(byId("resolve"));
  restoreDrafts(byId("resolve"));
  byId("resolve").showModal();
}

// — messages —

function hear(message) {
  if (message.type === "reload") return void refreshAll();
  if (message.type !== "incident") return;
  const { incident, kind, status } = message;
  const known = byId(`card-${incident}`);
  if (kind === "incident.opened" && !known) arrive(message);
  if (status !== "open") dropNews(incident);
  if (known) stale.cards.add(incident);
  if (incident === openIncident()) {
    stale.stage = true;
    stale.player ||= kind === "clip.ready" || kind === "event.closed" || !byId("clip");
  }
  clearTimeout(stale.timer);
  stale.timer = setTimeout(catchUp, GATHER_MS);
}

function arrive(message) {
  const narrowed = isNarrowed();
  const everywhere = document.querySelector("#scope-all[aria-current]") !== null;
  if (message.alert) {
    announce(`New incident. ${sentence(message)}`);
    if (message.severity < EMERGENCY_FROM) sound.alarm(message.incident, message.severity);
  }
  if (!message.alert && (narrowed || !everywhere)) return;
  if (cards().length || narrowed) addNews(message);
  else refreshQueue();
}

async function catchUp() {
  const looked = [...stale.cards];
  const { stage, player } = stale;
  Object.assign(stale, { stage: false, player: false });
  stale.cards.clear();
  try {
    if (looked.length > MANY) await refreshQueue();
    else for (const incident of looked) await refreshCard(incident);
    if (stage && (await loaded) && openIncident()) await refreshStage(player);
  } catch {
    for (const incident of looked) stale.cards.add(incident);
    Object.assign(stale, { stage: stage || stale.stage, player: player || stale.player });
    clearTimeout(stale.timer);
    stale.timer = setTimeout(catchUp, RETRY_MS);
  }
}

const refreshCard = (incident) =>
  htmx.ajax("GET", withQuery(`/console/card/${incident}/`, { selected: openIncident() }), {
    source: `#card-${incident}`,
    target: `#card-${incident}`,
    swap: "outerHTML",
  });

function refreshStage(player) {
  const shown = byId("player")?.dataset;
  const part = player ? "player" : "live";
  const event = new URLSearchParams(location.search).get("event") ?? shown?.event;
  const address = withQuery(`/console/incident/${openIncident()}/`, { part, event });
  return htmx.ajax("GET", address, { source: "#console", target: "#incident", swap: "none" });
}

async function refreshAll() {
  await refreshQueue();
  if (openIncident()) await refreshStage(true);
}

// — focus —

let lastFocus = null;

function keepFocus() {
  addEventListener("focusin", ({ target }) => {
    lastFocus = { id: target.id, inActions: Boolean(target.closest("#actions")), inQueue: Boolean(target.closest("#queue")) };
  });
  for (const kind of ["htmx:afterSwap", "htmx:oobAfterSwap"]) {
    document.body.addEventListener(kind, () => {
      if (!lastFocus || document.activeElement !== document.body) return;
      const again = byId(lastFocus.id) ?? (lastFocus.inActions && document.querySelector("#actions .button")) ?? null;
      (again || (lastFocus.inQueue && document.querySelector("#cards [data-selected] h3 a")) || byId("incident-title"))?.focus({
        preventScroll: true,
      });
    });
  }
}

// — keys and clicks —

/** Press a button of the chosen incident, once it is the one on the stage. */
const answer = (button) => loaded.then((shown) => shown && byId(button)?.click());

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  n: () => !byId("news").hidden && showNews(),
  a: () => answer("acknowledge"),
  f: () => answer("false-alarm"),
  r: () => answer("resolve-open"),
  c: () => answer("comment-open"),
  m: hearOrMute,
  arrowleft: () => stepFrame(-1),
  arrowright: () => stepFrame(1),
};

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const key = event.key.toLowerCase();
  const onControl = event.target.closest("button, summary, a") !== null;
  const onCard = event.target.closest(".card") !== null;
  if (key === " " && (!onControl || onCard)) playOrPause();
  else if (key === "enter" && !onControl) byId("incident-title")?.focus();
  else if (KEYS[key]) KEYS[key]();
  else return;
  event.preventDefault();
}

function click(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = event.target.closest("a");
  const aside = event.target.closest("[aria-disabled=true]");
  if (aside) event.preventDefault();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (!link) return;
  if (link.closest(".card")) open(link.closest(".card").dataset.incident).then(() => byId("incident-title")?.focus());
  else if (link.closest("#events")) open(openIncident(), { event: new URL(link.href).searchParams.get("event") });
  else if (link.id === "resolve-open") openResolve();
  else if (link.id === "comment-open") byId("comment-text").focus();
  else if (link.id === "back") history.pushState({}, "", link.href), (document.body.className = "view-queue");
  else return;
  event.preventDefault();
}

function back() {
  const incident = location.pathname.match(/^\/incidents\/([0-9a-f-]+)\/$/)?.[1];
  if (incident) open(incident, { push: false });
  else document.body.className = "view-queue";
}

function showStrip() {
  const lost = document.body.dataset.line === "offline";
  byId("strip-note").textContent = lost ? "Not live right now: this list may be old." : "Worst first. What is new shows up here.";
}

addEventListener("keydown", press);
addEventListener("popstate", back);
document.addEventListener("click", click);
byId("news").addEventListener("click", showNews);
new MutationObserver(showStrip).observe(document.body, { attributeFilter: ["data-line"] });
document.body.addEventListener("htmx:afterSettle", refreshed);
document.body.addEventListener("htmx:oobAfterSwap", refreshed);

function refreshed() {
  startPlayer();
  showAges();
  restoreDrafts();
  mark(openIncident());
  loopThumbs();
}

keepDrafts();
keepFocus();
listenForAnswers(openIncident, (form) => {
  const incident = incidentOf(form);
  const inDialog = form.closest("#emergency") !== null;
  if (form.dataset.act !== "comment") emergencyAnswered(incident, "", true);
  sound.silence(incident);
  if (inDialog && incident !== openIncident()) open(incident);
  if (isNews(incident)) refreshQueue();
});
stream.on(hear);
showStrip();
refreshed();
