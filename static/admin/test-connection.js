// "Test connection" in the camera's form: asks for a test of the typed address and shows what came of it.
// Nothing else on the page changes, so what a person has typed stays.
const POLL_MS = 400;

async function json(response) {
  if (response.ok) return response.json();
  const reason = response.status === 403 ? "You may no longer do this; log in again." : `The server answered ${response.status}.`;
  return { state: "done", ok: false, message: reason };
}

async function start(box, input) {
  const body = new FormData();
  body.set("source", input.value);
  body.set("camera", input.dataset.camera ?? "");
  body.set("csrfmiddlewaretoken", input.form.elements.csrfmiddlewaretoken.value);
  return json(await fetch(box.dataset.start, { method: "POST", body }));
}

async function finished(answer) {
  const url = answer.answer;
  while (answer.state === "waiting") {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    answer = await json(await fetch(url));
  }
  return answer;
}

function figures(answer) {
  const parts = [`${answer.width} × ${answer.height}`];
  if (answer.fps) parts.push(`${Math.round(answer.fps * 10) / 10} frames a second`);
  if (answer.codec) parts.push(answer.codec);
  if (answer.took_s) parts.push(`answered in ${answer.took_s.toFixed(2)} s`);
  return parts.join(" · ");
}

function show(output, answer) {
  const sentence = document.createElement("p");
  sentence.textContent = answer.ok ? `Connected: ${figures(answer)}` : answer.message;
  output.replaceChildren(sentence);
  output.dataset.result = answer.ok ? "ok" : "failed";
  if (answer.ok && answer.jpeg) {
    const picture = new Image();
    picture.alt = "The picture this address sends now";
    picture.src = `data:image/jpeg;base64,${answer.jpeg}`;
    output.append(picture);
    document.dispatchEvent(new CustomEvent("vedette:picture", { detail: picture.src }));
  }
}

function bind(box) {
  const input = box.parentElement.querySelector("input[name=source]");
  const button = box.querySelector("button");
  const output = box.querySelector("output");
  button.addEventListener("click", async () => {
    button.disabled = true;
    output.textContent = "Connecting…";
    output.dataset.result = "waiting";
    try {
      show(output, await finished(await start(box, input)));
    } catch {
      show(output, { ok: false, message: "Vedette cannot be reached. Check the network and try again." });
    } finally {
      button.disabled = false;
    }
  });
}

for (const box of document.querySelectorAll(".connection-test")) bind(box);
