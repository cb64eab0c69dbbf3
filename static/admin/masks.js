// Draw privacy masks on the camera's picture: each click is a corner, a click on the first one closes the mask.
// The text field stays what is saved; it may be typed in as well.
const SVG = "http://www.w3.org/2000/svg";
const NEAR = 0.03; // of the picture: this close to the first corner means it

const share = (value) => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
const isCorner = (each) => Array.isArray(each) && each.length === 2 && each.every((value) => typeof value === "number");

function masksIn(text) {
  if (!text.trim()) return [];
  try {
    const masks = JSON.parse(text);
    return Array.isArray(masks) && masks.every((mask) => Array.isArray(mask) && mask.every(isCorner)) ? masks : null;
  } catch {
    return null;
  }
}

function shape(name, corners, kind) {
  const drawn = document.createElementNS(SVG, name);
  drawn.setAttribute("points", corners.map(([x, y]) => `${x * 100},${y * 100}`).join(" "));
  drawn.setAttribute("class", kind);
  return drawn;
}

function bind(box) {
  const field = document.getElementById(box.dataset.for);
  const drawing = box.querySelector("svg");
  const words = box.querySelector(".masks-words");
  const picture = box.querySelector("img");
  let corners = []; // of the mask that is being drawn

  function show() {
    const masks = masksIn(field.value);
    const dots = corners.map((corner) => shape("polyline", [corner, corner], "corner"));
    drawing.replaceChildren(...(masks ?? []).map((mask) => shape("polygon", mask, "mask")), shape("polyline", corners, "line"), ...dots);
    box.querySelector("[data-back]").hidden = !corners.length;
    box.querySelector("[data-clear]").hidden = !masks?.length;
    if (masks === null) words.textContent = "The text above cannot be read yet: a bracket or a comma may be missing.";
    else if (corners.length > 2) words.textContent = "Click the first corner again to close this mask.";
    else if (corners.length) words.textContent = "Click the next corner.";
    else if (picture.hidden && !masks.length) words.textContent = "Test the connection: its picture appears here to draw on.";
    else words.textContent = `${masks.length ? `Masks: ${masks.length}. ` : ""}Click on the picture to draw a mask, corner by corner.`;
  }

  function click(event) {
    const masks = masksIn(field.value);
    if (masks === null) return;
    const place = drawing.getBoundingClientRect();
    const at = [share((event.clientX - place.left) / place.width), share((event.clientY - place.top) / place.height)];
    const [first] = corners;
    if (corners.length > 2 && Math.hypot(at[0] - first[0], at[1] - first[1]) < NEAR) {
      field.value = JSON.stringify([...masks, corners]);
      corners = [];
    } else {
      corners.push(at);
    }
    show();
  }

  drawing.addEventListener("click", click);
  field.addEventListener("input", show);
  box.querySelector("[data-back]").addEventListener("click", () => (corners.pop(), show()));
  box.querySelector("[data-clear]").addEventListener("click", () => ((field.value = ""), (corners = []), show()));
  picture.addEventListener("load", () => ((picture.hidden = false), show()));
  // A tested address shows its picture here too, so that a new camera can be masked before it is saved.
  document.addEventListener("vedette:picture", ({ detail }) => (picture.src = detail));
  if (field.dataset.picture) picture.src = field.dataset.picture;
  box.hidden = false;
  show();
}

for (const box of document.querySelectorAll(".masks")) bind(box);
