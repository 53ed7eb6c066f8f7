// Where a cell's pictures hold right answers and wrong ones, either kind can be looked at alone.
function prepareFilters() {
  for (const place of document.querySelectorAll(".lk-outputs")) {
    const pairs = [...place.querySelectorAll(".lk-pair")];
    const answers = [...pairs, ...place.querySelectorAll(".lk-cell")].filter(
      (each) => (each.matches(".lk-pair") || !each.closest(".lk-pair")) && verdictOf(each),
    );
    const kinds = new Set(answers.map(verdictOf));
    if (kinds.size === 2) answers[0].closest(".lk-outputs > *").before(filterBar(place, answers));
  }
}

function verdictOf(answer) {
  return ["right", "wrong"].find((kind) => answer.classList.contains(kind) || answer.querySelector(`.lk-cell.${kind}`));
}

function filterBar(place, answers) {
  const count = make("span", { "aria-live": "polite" });
  const choose = (kind, button) => {
    for (const each of answers) each.hidden = kind !== "" && verdictOf(each) !== kind;
    for (const row of place.querySelectorAll(".lk-row:has(.right, .wrong)")) {
      row.hidden = !row.querySelector(":is(.right, .wrong):not([hidden])");
    }
    for (const each of buttons) each.setAttribute("aria-pressed", each === button);
    count.textContent = `${answers.filter((each) => !each.hidden).length} of ${answers.length} answers shown`;
    const pictures = [...place.querySelectorAll("[data-look]")];
    if (pictures.length) oneStop(pictures);
  };
  const buttons = Object.entries({ "All answers": "", "✓ right": "right", "✗ wrong": "wrong" }).map(([words, kind]) => {
    const button = pushButton(words, () => choose(kind, button));
    return put(button, { "aria-pressed": kind === "" });
  });
  return make("div", { class: "lk-filter", role: "group", "aria-label": "Which answers to show" }, ...buttons, count);
}

addEventListener("DOMContentLoaded", prepareFilters);
