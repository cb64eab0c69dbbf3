// ReDoc puts the logo of its makers, from a host of theirs, below the description. Pages load nothing from elsewhere:
// such a picture is not asked for, and the browser has nothing to complain about.
const own = (address) => new URL(address, location).origin === location.origin;
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
const set = HTMLImageElement.prototype.setAttribute;

Object.defineProperty(HTMLImageElement.prototype, "src", {
  ...source,
  set(address) {
    if (own(address)) source.set.call(this, address);
  },
});
HTMLImageElement.prototype.setAttribute = function setOwn(name, value) {
  if (name !== "src" || own(value)) set.call(this, name, value);
};
