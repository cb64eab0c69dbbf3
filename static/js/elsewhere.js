// Pages other than the console: a new incident is told in a corner, and an emergency is answered where one is.

import { announce, sound, stream, toast } from "./frame.js";
import { EMERGENCY_FROM } from "./alarms.js";
import { incidentOf, listenForAnswers } from "./answers.js";
import { emergencyAnswered } from "./emergency.js";
import { sentence } from "./words.js";

stream.on((message) => {
  if (message.type === "reload") return location.reload();
  if (message.kind !== "incident.opened" || !message.alert) return;
  announce(`New incident. ${sentence(message)}`);
  if (message.severity >= EMERGENCY_FROM) return;
  toast(sentence(message), { href: `/incidents/${message.incident}/` });
  sound.play(message.severity);
});

listenForAnswers(
  () => null,
  (form) => {
    const incident = incidentOf(form);
    emergencyAnswered(incident, "", true);
    if (form.dataset.act === "acknowledge") location.assign(`/incidents/${incident}/`);
  },
);
