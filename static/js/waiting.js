// The open incidents that wait for this person: every page counts them in its title.

const byId = (id) => document.getElementById(id);

const open = new Set();
let name = document.title.replace(/^\(\d+\+?\) /, "");

/** Read the list that came with the page or with a fresh queue; return [incident, severity] of its emergencies' kind. */
export function readWaiting() {
  const rows = [...byId("waiting").children];
  open.clear();
  for (const { dataset } of rows) open.add(dataset.incident);
  show();
  return rows.filter(({ dataset }) => dataset.alert === "yes").map(({ dataset }) => [dataset.incident, Number(dataset.severity)]);
}

/** Follow one message of the live line. */
export function followWaiting({ type, kind, incident, status, alert }) {
  if (type !== "incident") return;
  const counts = alert || byId("waiting").dataset.everywhere === "yes";
  if (status !== "open") open.delete(incident);
  else if (kind === "incident.opened" && counts) open.add(incident);
  else return;
  show();
}

/** Name what the page shows now; the count stays in front of it. */
export function nameThePage(words) {
  name = words;
  show();
}

function show() {
  const limit = Number(byId("waiting").dataset.limit);
  const count = open.size >= limit ? `${limit}+` : open.size;
  document.title = open.size ? `(${count}) ${name}` : name;
}
