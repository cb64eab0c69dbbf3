// What a message says, in one line: how bad, what, where.

export const SEVERITIES = { 1: "LOW", 2: "MEDIUM", 3: "HIGH", 4: "CRITICAL", 5: "EMERGENCY" };

export function sentence({ severity, reason, site, camera }) {
  return `${SEVERITIES[severity]}: ${headline(reason)} · ${site} · ${camera}`;
}

/** What happened: the reason's first sentence, as incidents/words.py has it. */
export function headline(reason) {
  return reason.split(". ", 1)[0].replace(/\.$/, "");
}
