// A column's heading sorts by it: upwards, downwards, and as the page was made.
const NUMBER = /^[✓✗<≤≥\s]*([+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?=$|[\s%(–])/i;
const FEW = 3; // rows that need no order

function prepareTables() {
  for (const table of document.querySelectorAll("main table")) {
    const head = table.tHead?.rows, body = table.tBodies[0];
    if (head?.length !== 1 || (body?.rows.length ?? 0) < FEW || table.querySelector("[colspan], [rowspan]")) continue;
    const made = [...body.rows];
    for (const heading of head[0].cells) {
      if (!heading.textContent.trim()) continue;
      const button = pushButton("", () => sortBy(heading, body, made));
      button.append(...heading.childNodes);
      button.className = "lk-sort";
      heading.append(button);
    }
  }
}

function sortBy(heading, body, made) {
  const before = heading.getAttribute("aria-sort");
  const order = { ascending: "descending", descending: "" }[before] ?? "ascending";
  for (const each of heading.parentElement.cells) each.removeAttribute("aria-sort");
  if (order) heading.setAttribute("aria-sort", order);
  body.append(...(order ? sorted(made, heading.cellIndex, order === "ascending" ? 1 : -1) : made));
  heard.textContent = `${heading.textContent.trim()}: ${order || "as it was"}`;
}

// What is missing stands last either way.
function sorted(rows, column, sign) {
  const texts = new Map(rows.map((row) => [row, plainText(row.cells[column])]));
  const missing = (row) => ["", "–", "nan"].includes(texts.get(row).toLowerCase());
  const known = rows.filter((row) => !missing(row));
  const numbers = known.every((row) => NUMBER.test(texts.get(row)));
  const value = (row) => Number(NUMBER.exec(texts.get(row))[1]);
  const compare = numbers
    ? (a, b) => value(a) - value(b)
    : (a, b) => texts.get(a).localeCompare(texts.get(b), "en", { numeric: true });
  return [...known.sort((a, b) => sign * compare(a, b)), ...rows.filter(missing)];
}

function plainText(cell) {
  return (cell?.textContent ?? "").trim().replaceAll("−", "-").replace(/(\d),(?=\d{3})/g, "$1");
}

addEventListener("DOMContentLoaded", prepareTables);
