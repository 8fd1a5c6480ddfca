// Live pages keep what they show while the server does not answer, and leave alone who selects text.
"use strict";

function tellStale(isStale) {
  document.getElementById("stale").hidden = !isStale;
}

document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden || !getSelection().isCollapsed) event.preventDefault();
});
document.addEventListener("htmx:before:response", (event) => {
  const { ok } = event.detail.ctx.response.raw;
  tellStale(!ok);
  if (!ok) event.preventDefault();
});
document.addEventListener("htmx:error", () => tellStale(true));
