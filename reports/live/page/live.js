"use strict";
// Asks for the pieces of the page once a second and replaces those that changed, so
// that what a reader has selected elsewhere stays.
const seen = {};
const lost = document.getElementById("lost");
async function look() {
  if (!document.hidden) {
    try {
      const answer = await fetch("parts.json" + location.search);
      if (!answer.ok) throw new Error(await answer.text());
      const parts = await answer.json();
      for (const [id, html] of Object.entries(parts)) {
        if (seen[id] !== html) {
          seen[id] = html;
          document.getElementById(id).innerHTML = html;
        }
      }
      const bar = document.querySelector("#summary progress");
      if (bar) document.title = document.title.replace(/: \d+ %/, ": " + bar.value + " %");
      lost.hidden = true;
    } catch (problem) {
      lost.hidden = false;
    }
  }
  setTimeout(look, 1000);
}
setTimeout(look, 1000);
