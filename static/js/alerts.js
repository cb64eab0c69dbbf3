// The live line to the server: resumes where it stopped, notices silence, and says how it is doing.

const SILENCE_MS = 12_000; // the server pings every 5 s; two lost pings and a little
const NOBODY = 4401;
const NO_PLACE = 4403;
const BACKOFF_MS = [500, 1_000, 2_000, 4_000, 8_000, 10_000];

export class AlertStream {
  #position;
  #handlers = [];
  #offlineSince = null;
  #attempt = 0;
  #socket = null;
  #watchdog = 0;
  #retry = 0;

  /** position: the last change that the page on screen has seen. onState(state, offlineSince) follows the line. */
  constructor(position, onState) {
    this.#position = position;
    this.onState = onState;
  }

  /** Hear every message: {type: "incident" | "camera" | "caught_up" | "reload", …}. */
  on(handler) {
    this.#handlers.push(handler);
  }

  start() {
    addEventListener("online", () => this.#again(0));
    addEventListener("offline", () => this.#socket?.close());
    this.#connect();
  }

  /** The page fetched everything up to this change by other means. */
  seenUpTo(position) {
    this.#position = Math.max(this.#position, position);
  }

  #connect() {
    clearTimeout(this.#retry);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/alerts/?since=${this.#position}`);
    this.#socket = socket;
    this.#listenForSilence();
    socket.addEventListener("open", () => this.#become("catching-up"));
    socket.addEventListener("message", (event) => this.#hear(JSON.parse(event.data)));
    socket.addEventListener("close", ({ code }) => {
      if (socket !== this.#socket) return;
      // Logged out, or moved to another role or organization: the server shows what is left to this person.
      if (code === NOBODY || code === NO_PLACE) return location.reload();
      clearTimeout(this.#watchdog);
      this.#become("offline");
      const wait = BACKOFF_MS[Math.min(this.#attempt++, BACKOFF_MS.length - 1)];
      this.#again(wait * (0.7 + 0.6 * Math.random()));
    });
  }

  #again(wait) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#socket?.readyState === WebSocket.OPEN) return;
      this.#connect();
    }, wait);
  }

  #hear(message) {
    this.#listenForSilence();
    const known = this.#position;
    if (message.type === "incident") {
      if (message.seq <= known) return; // a nudge may come twice
      this.#position = message.seq;
    } else if (message.type === "caught_up") {
      this.#attempt = 0;
      this.#position = message.seq; // lower than ours when the server came back from a backup
      this.#become("live");
    }
    for (const handler of this.#handlers) handler(message);
  }

  #listenForSilence() {
    clearTimeout(this.#watchdog);
    const socket = this.#socket;
    this.#watchdog = setTimeout(() => {
      // A half-open connection may take minutes to close by itself: leave it behind.
      this.#socket = null;
      socket?.close();
      this.#become("offline");
      this.#again(0);
    }, SILENCE_MS);
  }

  #become(state) {
    if (state === "offline") this.#offlineSince ??= Date.now();
    if (state === "live") this.#offlineSince = null;
    this.onState(state, this.#offlineSince);
  }
}
