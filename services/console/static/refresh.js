// Renews the page's content in place. Leaves it alone while somebody reads with the keyboard or selects text.
"use strict";

const REGION = "[data-refresh-seconds]";
const region = document.querySelector(REGION);
const stale = document.getElementById("stale");

function isBusy() {
  return document.hidden || region.contains(document.activeElement) || !getSelection().isCollapsed;
}

async function renew(seconds) {
  try {
    if (!isBusy()) {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(seconds * 1000) });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      region.replaceChildren(...page.querySelector("main").childNodes);
      document.title = page.title;
      stale.hidden = true;
    }
  } catch {
    stale.hidden = false;
  }
  setTimeout(renew, seconds * 1000, seconds);
}

if (region) {
  const seconds = Number(region.dataset.refreshSeconds);
  setTimeout(renew, seconds * 1000, seconds);
}
