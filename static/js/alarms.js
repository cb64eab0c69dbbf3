// What every page does when something happens: count it in the title, and ask about emergencies until somebody answers.

import { stream } from "./frame.js";
import { emergencyAnswered, emergencyClip, raiseEmergency } from "./emergency.js";
import { followWaiting, readWaiting } from "./waiting.js";

export const EMERGENCY_FROM = 4;

stream.on((message) => {
  followWaiting(message);
  if (message.type !== "incident") return;
  const { incident, kind, severity, status, alert } = message;
  if (alert && status === "open" && severity >= EMERGENCY_FROM) raiseEmergency(incident, severity);
  if (status !== "open") {
    const mine = message.by === document.body.dataset.name;
    emergencyAnswered(incident, `${message.by ?? "Somebody"} ${status === "resolved" ? "closed" : "took"} it.`, mine);
  }
  if (kind === "clip.ready") emergencyClip(incident);
});

/** Ask about the emergencies that were waiting before this page was opened. */
export function raiseWaiting() {
  for (const [incident, severity] of readWaiting()) if (severity >= EMERGENCY_FROM) raiseEmergency(incident, severity);
}

raiseWaiting();
