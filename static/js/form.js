// What the request form does better with a script. It asks nothing of the network and works without this file.
"use strict";

const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

const buttons = document.querySelectorAll("main form button[type=submit]");
for (const form of document.querySelectorAll("main form")) {
  form.addEventListener("submit", () => {
    for (const button of buttons) button.disabled = true; // a second press would send the same again
  });
}
// A page brought back by the Back button comes as it was left, with its button still disabled.
window.addEventListener("pageshow", () => {
  for (const button of buttons) button.disabled = false;
});

const warning = document.querySelector("[data-warn-after]");
if (warning) {
  setTimeout(() => {
    warning.firstElementChild.hidden = false;
  }, Number(warning.dataset.warnAfter) * 1000);
}

const printing = document.querySelector("[data-print]");
if (printing) {
  printing.hidden = false;
  printing.querySelector("button").addEventListener("click", () => window.print());
}
