// Runs before the first paint: the admin wears the colours that the person chose in the portal, and hands a choice back.
{
  const KEY = "_x_adminTheme"; // where the admin's own switch keeps its choice, as JSON
  const root = document.documentElement;
  const chosen = localStorage.getItem("theme") ?? "auto";
  const light = chosen === "light" || (chosen === "auto" && matchMedia("(prefers-color-scheme: light)").matches);
  localStorage.setItem(KEY, JSON.stringify(chosen));
  root.classList.toggle("dark", !light);
  root.style.colorScheme = light ? "light" : "dark";
  root.style.backgroundColor = light ? "#f6f8fa" : "#0e1216";
  addEventListener("pagehide", () => localStorage.setItem("theme", JSON.parse(localStorage.getItem(KEY) ?? '"auto"')));
}
