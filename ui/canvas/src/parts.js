// Small builders. Text from data goes through textContent only: it can never become markup.
export function make(tag, cls = "", text = "") {
  const element = document.createElement(tag);
  if (cls) element.className = cls;
  if (text) element.textContent = text;
  return element;
}

export function button(label, act, run, hint = "") {
  const element = make("button", "rh-b", label);
  element.type = "button";
  element.dataset.act = act;
  element.title = hint || label;
  element.addEventListener("click", run);
  return element;
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// The library styles an element anew whenever a class is switched, even to what it was: ask first.
export function setClass(one, name, on) {
  if (one.hasClass(name) !== !!on) one.toggleClass(name, !!on);
}

export function yuan(fen) {
  return (fen / 100).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

export function day(millis) {
  return new Date(millis).toISOString().slice(0, 10);
}

export function placeIn(host, element, x, y) {
  element.style.display = "block";
  const wide = host.clientWidth - element.offsetWidth - 6, high = host.clientHeight - element.offsetHeight - 6;
  element.style.left = `${Math.max(6, Math.min(x, wide))}px`;
  element.style.top = `${Math.max(6, Math.min(y, high))}px`;
}
