// Keep what a person has typed, per incident, until it is sent: looking elsewhere must not lose it.

const KEY = (field) => `draft:${field.dataset.draft}`;

export function keepDrafts() {
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.draft) sessionStorage.setItem(KEY(event.target), event.target.value);
  });
}

export function restoreDrafts(root = document) {
  for (const field of root.querySelectorAll("[data-draft]")) field.value ||= sessionStorage.getItem(KEY(field)) ?? "";
}

export function forgetDrafts(form) {
  for (const field of form.querySelectorAll("[data-draft]")) {
    sessionStorage.removeItem(KEY(field));
    field.value = "";
  }
}
