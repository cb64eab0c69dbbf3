// Count ages up once a second, on every <time data-age> that is on the page now or comes later.

const DAY = 86_400;

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  const [d, h, m, s] = [Math.floor(whole / DAY), Math.floor((whole % DAY) / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (d) return `${d} d ${h} h`;
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function showAges(root = document) {
  for (const time of root.querySelectorAll("time[data-age]")) {
    const text = clock((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

export function countAges() {
  showAges();
  setInterval(showAges, 1000);
}
