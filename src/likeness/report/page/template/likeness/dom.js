"use strict";
// A page is whole without its script; what it adds is made here, and said to who listens instead of looks.
let heard;

function put(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}

function make(tag, attributes, ...inside) {
  const node = put(document.createElement(tag), attributes);
  node.append(...inside);
  return node;
}

function pushButton(words, pushed) {
  const button = make("button", { type: "button" }, words);
  button.addEventListener("click", pushed);
  return button;
}

// A live region must stand before it is filled, or its first words are not read out.
addEventListener("DOMContentLoaded", () => {
  heard = make("p", { class: "lk-heard", role: "status" });
  document.body.append(heard);
});
