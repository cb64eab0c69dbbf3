// A few cards of the queue show their clip in a loop instead of its still: what is pointed at, chosen or waits on top.

const LOOP_S = 4; // around the highest moment; a clip's first seconds show what was there before
const AT_ONCE = 3; // each is a decoder; a queue of sixty would take the machine's whole breath

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const onScreen = new Set();
let timer = 0;

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) onScreen.add(target);
    else onScreen.delete(target);
  }
  loopThumbs();
});

/** Look again at which cards should move; cards that came anew are watched from now on. */
export function loopThumbs() {
  clearTimeout(timer);
  timer = setTimeout(choose, 150);
}

function choose() {
  for (const card of onScreen) if (!card.isConnected) onScreen.delete(card);
  const all = [...document.querySelectorAll("#cards > .card")];
  for (const card of all) seen.observe(card);
  const able = calm.matches || document.hidden ? [] : all.filter((card) => onScreen.has(card) && card.querySelector("[data-clip]"));
  const first = able.filter((card) => card.matches(":hover, :focus-within"));
  const chosen = new Set([...first, ...able.filter((card) => card.dataset.status === "open")].slice(0, AT_ONCE));
  for (const card of all) {
    if (chosen.has(card)) loop(card.querySelector("[data-clip]"));
    else card.querySelector("video.picture")?.remove();
  }
}

/** Lay the clip over its still, which stays for as long as the clip needs to start, or for ever when it does not. */
function loop(still) {
  if (still.parentElement.querySelector("video")) return;
  const video = document.createElement("video");
  Object.assign(video, { className: "picture", muted: true, loop: true, playsInline: true, tabIndex: -1, hidden: true });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("playing", () => (video.hidden = false), { once: true });
  const from = Number(still.dataset.from);
  const again = () => (video.currentTime = Math.min(from, Math.max(0, video.duration - LOOP_S)));
  video.addEventListener("loadedmetadata", again, { once: true });
  video.addEventListener("timeupdate", () => video.currentTime > from + LOOP_S && again());
  video.src = still.dataset.clip;
  still.after(video);
  video.play().catch(() => video.remove());
}

for (const kind of ["pointerover", "focusin", "focusout"]) {
  document.getElementById("console").addEventListener(kind, ({ target }) => target.closest("#cards") && loopThumbs());
}
document.addEventListener("visibilitychange", loopThumbs);
calm.addEventListener("change", loopThumbs);
