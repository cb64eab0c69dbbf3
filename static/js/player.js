// The clip and its score lane: one clock for both.

const LANE_UNITS = 1000; // the width of the lane's drawing
const FRAME_S = 0.1; // until two pictures have told the clip's own step

let heard = false; // the person wants to hear clips: those of this page, until it is left

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let shown = null;

/** Wire the clip that is on the page; a clip that replaces another of its event goes on at the same moment. */
export function startPlayer() {
  const box = document.getElementById("player");
  const video = document.getElementById("clip");
  if (!video) return void (shown = null);
  if (shown?.video === video) return;
  const previous = shown;
  shown = new Player(box, video);
  if (previous?.event === shown.event) shown.goOnFrom(previous);
  else if (!calm.matches) shown.play();
}

export const playOrPause = () => shown?.toggle();
export const stepFrame = (by) => shown?.step(by);
export const hearOrMute = () => shown?.hear();

class Player {
  #box;
  #step = FRAME_S;
  #lastMediaTime = null;
  #wanted = false; // to play: a video that leaves the page pauses by itself

  constructor(box, video) {
    this.#box = box;
    this.video = video;
    this.event = box.dataset.event;
    this.start = Number(box.dataset.start);
    this.length = Number(box.dataset.length);
    this.clipStart = Number(box.dataset.clipStart || box.dataset.start);
    document.getElementById("controls").hidden = false;
    document.getElementById("play").addEventListener("click", () => this.toggle());
    document.getElementById("frame-back").addEventListener("click", () => this.step(-1));
    document.getElementById("frame-on").addEventListener("click", () => this.step(1));
    document.getElementById("lane").addEventListener("click", (event) => this.#seek(event));
    document.getElementById("hear")?.addEventListener("click", () => this.hear());
    this.#showHeard();
    for (const kind of ["play", "pause"]) video.addEventListener(kind, () => this.#showPlaying());
    for (const kind of ["timeupdate", "seeking", "seeked", "loadedmetadata"]) video.addEventListener(kind, () => this.#showTime());
    video.addEventListener("error", () => this.#failed());
    this.#watchFrames();
    this.#showPlaying();
    if (video.error) this.#failed();
  }

  get wanted() {
    return this.#wanted;
  }

  play() {
    this.#wanted = true;
    this.video.play().catch(() => {}); // refused by the browser's own rules: the Play button stays
  }

  toggle() {
    if (this.video.paused) this.play();
    else this.#pause();
  }

  hear() {
    if (!document.getElementById("hear")) return;
    heard = !heard;
    this.#showHeard();
    if (heard && this.video.paused) this.play();
  }

  step(by) {
    this.#pause();
    this.video.currentTime = Math.min(this.video.duration || 0, Math.max(0, this.video.currentTime + by * this.#step));
  }

  goOnFrom(previous) {
    const moment = previous.clipStart + previous.video.currentTime;
    const seek = () => (this.video.currentTime = Math.max(0, moment - this.clipStart));
    if (this.video.readyState >= HTMLMediaElement.HAVE_METADATA) seek();
    else this.video.addEventListener("loadedmetadata", seek, { once: true });
    if (previous.wanted) this.play();
  }

  #pause() {
    this.#wanted = false;
    this.video.pause();
  }

  #seek(event) {
    const lane = event.currentTarget.getBoundingClientRect();
    const moment = this.start + ((event.clientX - lane.left) / lane.width) * this.length;
    this.video.currentTime = Math.min(this.video.duration || 0, Math.max(0, moment - this.clipStart));
  }

  #watchFrames() {
    const { video } = this;
    if (!video.requestVideoFrameCallback) return;
    const seen = (_now, { mediaTime }) => {
      const step = mediaTime - (this.#lastMediaTime ?? mediaTime);
      if (!video.paused && step > 0.005 && step < 1) this.#step = step;
      this.#lastMediaTime = mediaTime;
      this.#showTime();
      if (video.isConnected) video.requestVideoFrameCallback(seen);
    };
    video.requestVideoFrameCallback(seen);
  }

  #showPlaying() {
    const playing = !this.video.paused;
    const button = document.getElementById("play");
    // A video that was replaced still says that it paused; the button is its successor's by then.
    if (!button || !this.video.isConnected) return;
    button.querySelector("[data-when=paused]").hidden = playing;
    button.querySelector("[data-when=playing]").hidden = !playing;
    document.getElementById("play-word").textContent = playing ? "Pause" : "Play";
  }

  #showHeard() {
    const button = document.getElementById("hear");
    this.video.muted = !(button && heard);
    if (!button) return;
    button.setAttribute("aria-pressed", String(heard));
    button.querySelector("[data-when=muted]").hidden = heard;
    button.querySelector("[data-when=heard]").hidden = !heard;
    document.getElementById("hear-word").textContent = heard ? "Mute" : "Hear it";
  }

  #showTime() {
    const playhead = document.getElementById("playhead");
    if (!playhead || !this.video.isConnected) return;
    const moment = this.clipStart + this.video.currentTime;
    const x = Math.min(1, Math.max(0, (moment - this.start) / this.length)) * LANE_UNITS;
    playhead.setAttribute("x1", x);
    playhead.setAttribute("x2", x);
    playhead.setAttribute("visibility", "visible");
    const length = Number.isFinite(this.video.duration) ? ` of ${this.video.duration.toFixed(1)} s` : "";
    document.getElementById("clip-clock").textContent = `${this.video.currentTime.toFixed(1)}${length}`;
  }

  #failed() {
    const note = this.#box.querySelector(".note") ?? document.createElement("p");
    note.className = "note";
    note.textContent = "The clip did not load; this is the still picture of the highest moment. ";
    const retry = document.createElement("button");
    retry.type = "button";
    retry.className = "button";
    retry.textContent = "Try again";
    retry.addEventListener("click", () => {
      note.remove();
      this.video.load();
      this.play();
    });
    note.append(retry);
    this.#box.querySelector(".screen").append(note);
  }
}
