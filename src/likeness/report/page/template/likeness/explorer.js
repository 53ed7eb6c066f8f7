// One photo is chosen, and every model's neighbours of it stand side by side. The pictures are the page's own tiles: a
// neighbour is the number of one.
const MARKS = { 1: "right", 0: "wrong" }, SIGNS = { right: "✓", wrong: "✗" };
const MANY = 400; // values of a field that are too many to choose from

function prepareExplorer() {
  const tiles = [...document.querySelectorAll(".lk-tile")];
  if (!tiles.length) return;
  const content = JSON.parse(document.getElementById("content").textContent);
  const choose = chooser(tiles, content);
  tiles.forEach((tile, place) => selectable(tiles, tile, () => choose(place, "tile")));
  const filters = document.getElementById("filters");
  filters.append(...filtersOf(tiles, content));
  filters.hidden = false;
  document.getElementById("plain").hidden = true;
  document.querySelector(".lk-sides").classList.add("lk-alive");
  choose(0);
  heard.textContent = "";
}

function selectable(tiles, tile, choose) {
  put(tile, { role: "button", tabindex: -1, "aria-pressed": false });
  tile.addEventListener("click", () => choose());
  tile.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") choose();
    else if (!move(tiles, tile, event.key)) return;
    event.preventDefault();
  });
  tile.addEventListener("focus", () => onlyStop(tiles, tile));
}

// One of the tiles is a stop of the Tab key; arrows go on from there.
function onlyStop(tiles, stop) {
  for (const tile of tiles) tile.tabIndex = tile === stop ? 0 : -1;
}

function move(tiles, tile, key) {
  const shown = tiles.filter((each) => !each.hidden), place = shown.indexOf(tile);
  const across = shown.filter((each) => each.offsetTop === shown[0].offsetTop).length;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across, Home: -place, End: shown.length - 1 - place };
  shown[place + steps[key]]?.focus();
  return key in steps;
}

function chooser(tiles, content) {
  const panel = document.getElementById("chosen");
  const narrow = matchMedia("(max-width: 64rem)"), sides = document.querySelector(".lk-sides");
  const choose = (place, way) => {
    const rows = content.models.map((model) => rowOf(tiles, model, place, (next) => choose(next, "neighbour")));
    const asked = askedPhoto(tiles[place], content, place);
    panel.replaceChildren(asked, ...rows.flat());
    panel.hidden = false;
    tiles.forEach((tile, each) => tile.setAttribute("aria-pressed", each === place));
    if (!tiles[place].hidden) onlyStop(tiles, tiles[place]);
    heard.textContent = `Chosen: ${tiles[place].alt}`;
    if (way === "neighbour") asked.querySelector("h2").focus(); // the button that was pushed is gone
    else if (way === "tile" && narrow.matches) sides.scrollIntoView(); // where the neighbours stand below
  };
  return choose;
}

function askedPhoto(tile, content, place) {
  const words = Object.entries({ ...content.fields, ...content.facts }).flatMap(([name, values]) => [
    make("dt", {}, name),
    make("dd", {}, [values[place]].flat().join(", ") || "not known"),
  ]);
  const title = make("h2", { tabindex: -1 }, tile.alt);
  return make("div", { class: "lk-asked" }, make("img", { src: tile.src, alt: "the chosen photo" }), make("div", {}, title, make("dl", {}, ...words)));
}

function rowOf(tiles, model, place, choose) {
  const found = model.near[place].map((next, rank) => {
    const kind = MARKS[model.right[place]?.[rank]] ?? "";
    const name = `rank ${rank + 1}: ${tiles[next].alt}${kind && ` (${kind})`}`;
    const button = pushButton("", () => choose(next));
    put(button, { class: kind, title: name }).append(make("img", { src: tiles[next].src, alt: name }));
    if (kind) button.append(make("span", { class: "lk-mark", "aria-hidden": true }, SIGNS[kind]));
    return make("li", {}, button);
  });
  const nothing = make("p", { class: "lk-nothing" }, "Nothing to compare: this model sees nothing in the photo.");
  return [make("h3", {}, model.name), found.length ? make("ol", { "aria-label": model.name }, ...found) : nothing];
}

function filtersOf(tiles, content) {
  const tests = [], count = make("output", { "aria-live": "polite" });
  const apply = () => {
    tiles.forEach((tile, place) => (tile.hidden = !tests.every((test) => test(place))));
    const shown = tiles.filter((tile) => !tile.hidden);
    onlyStop(tiles, shown.find((tile) => tile.getAttribute("aria-pressed") === "true") ?? shown[0]);
    count.textContent = `${shown.length.toLocaleString("en")} of ${tiles.length.toLocaleString("en")} photos shown`;
  };
  const parts = Object.entries(content.fields).flatMap(([name, values]) => {
    const known = [...new Set(values.flat())].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    if (known.length < 2 || known.length > MANY) return [];
    const select = selectOf(["any", ...known.map((value) => [value, value])], apply);
    tests.push((place) => !select.value || values[place].includes(select.value));
    return [make("label", {}, name, select)];
  });
  const judges = Object.keys(content.judged);
  if (judges.length) {
    const by = selectOf(judges.map((name) => [name, name]), apply);
    const verdict = selectOf(["right or wrong", ["1", "✓ right"], ["0", "✗ wrong"]], apply);
    tests.push((place) => !verdict.value || content.judged[by.value][place] === verdict.value);
    parts.push(make("label", {}, content.about, by), make("label", {}, "is", verdict));
  }
  const clear = pushButton("Show all", () => {
    for (const select of document.querySelectorAll("#filters select")) select.selectedIndex = 0;
    apply();
  });
  apply();
  return [...parts, ...(parts.length ? [clear] : []), count];
}

function selectOf(options, changed) {
  const made = options.map((option) => (Array.isArray(option) ? new Option(option[1], option[0]) : new Option(option, "")));
  const select = make("select", {}, ...made);
  select.addEventListener("change", changed);
  return select;
}

addEventListener("DOMContentLoaded", prepareExplorer);
