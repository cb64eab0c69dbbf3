// One short tone per severity, told apart in the dark; an emergency repeats until somebody answers it.

const TONES = {
  1: [[330, 0.12]],
  2: [[440, 0.14]],
  3: [[523, 0.12], [659, 0.16]],
  4: [[659, 0.12], [523, 0.12], [659, 0.18]],
  5: [[880, 0.16], [587, 0.16], [880, 0.16], [587, 0.22]],
};
const REPEAT_MS = 2_500;
const LOUDNESS = 0.22;

export class Sound {
  #context = null;
  #repeats = new Map();
  #key;

  /** person: whose choice to be quiet this is. onChange() follows it, and whether the browser lets us be heard. */
  constructor(person, onChange) {
    this.#key = `muted:${person}`;
    this.onChange = onChange;
    // Browsers stay silent until the person has touched the page once.
    const wake = () => this.#wake();
    addEventListener("pointerdown", wake, { once: true });
    addEventListener("keydown", wake, { once: true });
  }

  get muted() {
    return localStorage.getItem(this.#key) === "yes";
  }

  get heard() {
    return !this.muted && this.#context?.state === "running";
  }

  get waitingForTouch() {
    return !this.muted && this.#context?.state !== "running";
  }

  toggle() {
    localStorage.setItem(this.#key, this.muted ? "no" : "yes");
    this.#wake();
    this.onChange();
    if (!this.muted) this.play(2);
  }

  /** Sound one severity, 1–5. */
  play(severity) {
    if (!this.heard) return;
    let at = this.#context.currentTime + 0.02;
    for (const [hertz, seconds] of TONES[severity] ?? TONES[1]) {
      const tone = new OscillatorNode(this.#context, { type: severity >= 4 ? "square" : "sine", frequency: hertz });
      const volume = new GainNode(this.#context, { gain: 0 });
      volume.gain.setTargetAtTime(severity >= 4 ? LOUDNESS / 2 : LOUDNESS, at, 0.008);
      volume.gain.setTargetAtTime(0, at + seconds - 0.03, 0.012);
      tone.connect(volume).connect(this.#context.destination);
      tone.start(at);
      tone.stop(at + seconds + 0.05);
      at += seconds + 0.03;
    }
  }

  /** Sound a new incident; an EMERGENCY goes on until silence(incident). */
  alarm(incident, severity) {
    this.play(severity);
    if (severity === 5 && !this.#repeats.has(incident)) {
      this.#repeats.set(incident, setInterval(() => this.play(5), REPEAT_MS));
    }
  }

  silence(incident) {
    clearInterval(this.#repeats.get(incident));
    this.#repeats.delete(incident);
  }

  #wake() {
    this.#context ??= new AudioContext();
    this.#context.resume().then(() => this.onChange());
  }
}
