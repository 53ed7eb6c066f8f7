// Pictures and charts open large, by click or Enter. Of those of one place only one is a stop of the Tab key, from
// where the arrow keys go on: a page may hold hundreds.
const handles = new Map(); // {picture: what the keyboard opens it by}
const LARGE = 512, TIMES = 3; // px of the longest side that a small picture is stretched to, and how far at most

function preparePictures() {
  const groups = new Map();
  for (const picture of document.querySelectorAll("main :is(img, .lk-figure > svg)")) {
    if (picture.closest("a, button, summary") || picture.getAttribute("role") === "presentation") continue;
    const group = picture.closest("details, .lk-outputs, .lk-prose") ?? document.body;
    groups.set(group, [...(groups.get(group) ?? []), picture]);
  }
  if (!groups.size) return;
  const look = pictureDialog();
  for (const pictures of groups.values()) {
    for (const picture of pictures) openable(picture, pictures, look);
    oneStop(pictures);
  }
}

function openable(picture, pictures, look) {
  const handle = handleOf(picture);
  put(picture, { "data-look": "" });
  handles.set(picture, handle);
  for (const each of new Set([picture, handle])) each.addEventListener("click", () => look(pictures, picture));
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") look(pictures, picture);
    else if (step) handles.get(neighbour(pictures, picture, step)).focus();
    else return;
    event.preventDefault();
  });
  handle.addEventListener("focus", () => oneStop(pictures, picture));
}

// A photo is a button itself. A chart holds words, which a button of another name would hide: it has one beside it.
function handleOf(picture) {
  const dialog = { "aria-haspopup": "dialog" };
  if (picture.tagName === "IMG") return put(picture, { role: "button", ...dialog });
  const name = `Enlarge: ${picture.getAttribute("aria-label") ?? "chart"}`.slice(0, 90);
  const button = make("button", { type: "button", class: "lk-open", "aria-label": name, ...dialog }, "Enlarge");
  picture.after(button);
  return button;
}

function seen(pictures) {
  return pictures.filter((picture) => picture.checkVisibility());
}

function oneStop(pictures, stop = seen(pictures)[0] ?? pictures[0]) {
  for (const picture of pictures) handles.get(picture).setAttribute("tabindex", picture === stop ? 0 : -1);
}

function neighbour(pictures, picture, step) {
  const shown = seen(pictures);
  return shown.at((shown.indexOf(picture) + step) % shown.length);
}

function pictureDialog() {
  const frame = make("div", { class: "lk-look-frame", tabindex: 0, role: "group", "aria-label": "The picture" });
  const words = make("div", { class: "lk-look-words", "aria-live": "polite", tabindex: 0 });
  let pictures = [], current;
  const show = (picture) => {
    current = picture;
    frame.replaceChildren(copyOf(picture));
    const shown = seen(pictures);
    words.replaceChildren(`${shown.indexOf(picture) + 1} of ${shown.length}: `, ...captionOf(picture));
    for (const step of steps) step.hidden = shown.length < 2;
  };
  const go = (step) => show(neighbour(pictures, current, step));
  const steps = [pushButton("Previous", () => go(-1)), pushButton("Next", () => go(1))];
  const close = pushButton("Close", () => dialog.close());
  const bar = make("div", { class: "lk-look-bar" }, words, ...steps, close);
  const dialog = make("dialog", { class: "lk-look", "aria-label": "Picture, enlarged" }, frame, bar);
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target === frame) dialog.close();
  });
  dialog.addEventListener("close", () => handles.get(current).focus()); // the last one looked at, not the first
  document.body.append(dialog);
  return (group, picture) => {
    pictures = group;
    show(picture);
    dialog.showModal();
    close.focus();
  };
}

function copyOf(picture) {
  const copy = picture.cloneNode(true);
  for (const name of ["role", "tabindex", "aria-haspopup", "data-look", "id", "class"]) copy.removeAttribute(name);
  if (copy.tagName !== "IMG") return put(copy, { role: "img" });
  const longest = Math.max(picture.naturalWidth, picture.naturalHeight);
  const times = Math.max(1, Math.min(LARGE / longest, TIMES));
  copy.style.width = `${Math.round(picture.naturalWidth * times)}px`;
  return copy;
}

function captionOf(picture) {
  const alt = picture.getAttribute("alt") || picture.getAttribute("aria-label") || "";
  for (let figure = picture.closest("figure"); figure; figure = figure.parentElement.closest("figure:not(.lk-figure)")) {
    const caption = figure.querySelector(":scope > figcaption");
    if (!caption) continue;
    const words = [...caption.cloneNode(true).childNodes];
    return caption.textContent.includes(alt) ? words : [...words, make("small", {}, alt)];
  }
  return [alt];
}

addEventListener("DOMContentLoaded", preparePictures);
