// What the request form does better with a script. It asks nothing of the network and works without this file.
"use strict";

const summary = document.querySelector(".error-summary");
if (summary) summary.focus();

const buttons = document.querySelectorAll("main form button[type=submit]");
const rest = (isResting) => {
  for (const button of buttons) button.disabled = isResting;
};
for (const form of document.querySelectorAll("main form")) {
  form.addEventListener("submit", () => {
    rest(true); // a second press would send the same again
    setTimeout(rest, 10000, false); // nothing tells a page that somebody stopped a slow one
  });
}
// A page brought back by the Back button comes as it was left, with its button still disabled.
window.addEventListener("pageshow", () => rest(false));

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

// How much may still be typed: seen at every key, said only when typing rests. The limit stands in the hint without it.
for (const area of document.querySelectorAll("textarea[data-limit]")) {
  const seen = document.createElement("p");
  const said = document.createElement("p");
  seen.className = "count";
  seen.setAttribute("aria-hidden", "true");
  said.className = "visually-hidden";
  said.setAttribute("aria-live", "polite");
  area.after(seen, said);

  const count = () => {
    // As the server counts: a line end is one character, and so is a letter with its accent.
    const left = Number(area.dataset.limit) - [...area.value.normalize().trim()].length;
    const number = Math.abs(left).toLocaleString("en-US");
    seen.textContent = `You have ${number} character${number === "1" ? "" : "s"} ${left < 0 ? "too many" : "left"}`;
    seen.classList.toggle("count--over", left < 0);
  };
  let resting;
  area.addEventListener("input", () => {
    count();
    clearTimeout(resting);
    resting = setTimeout(() => {
      said.textContent = seen.textContent;
    }, 1000);
  });
  window.addEventListener("pageshow", count); // what a browser puts back into a field comes without a key
}
