"use strict";

const EVERY_MS = 1000;
const SHOWN_CALLS = 50;
const SHOWN_AHEAD = 5;
const HELD = [
  ["dossiers", "Hồ sơ / Dossiers"],
  ["entries", "Tiến độ / Entries"],
  ["duplicate_dossiers", "Hồ sơ trùng / Duplicate dossiers"],
  ["duplicate_entries", "Tiến độ trùng / Duplicate entries"],
  ["out_of_order_entries", "Sai thứ tự / Out of order"],
  ["logins", "Đăng nhập / Log-ins"],
];
const OUTCOMES = {
  accepted: "nhận / accepted",
  refused: "từ chối / refused",
  not_processed: "không xử lý / not processed",
};
const MODES = {
  real: "giờ thật / real",
  frozen: "đang dừng / frozen",
  offset: "chạy lệch / running, shifted",
};

let chosen = null;

const byId = (id) => document.getElementById(id);

async function ask(method, path, body) {
  const options = { method };
  if (body !== undefined) {
    options.headers = { "content-type": "application/json" };
    options.body = JSON.stringify(body);
  }
  const answer = await fetch(path, options);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function inHanoi(moment) {
  return new Date(moment).toLocaleString("vi-VN", { timeZone: "Asia/Ho_Chi_Minh", hour12: false });
}

function showHeld(summary, state) {
  const rows = HELD.flatMap(([name, words]) => [element("dt", words), element("dd", summary[name])]);
  rows.push(element("dt", "Đang xử lý / In flight"), element("dd", state.in_flight));
  byId("held").replaceChildren(...rows);
}

function showClock(clock) {
  byId("now").textContent = inHanoi(clock.now);
  byId("now").dateTime = clock.now;
  byId("clock-mode").textContent = MODES[clock.mode];
}

function scopeOf(details) {
  const parts = ["operation", "unit_pattern", "procedure_pattern", "dossier_pattern", "manner"];
  const words = parts.filter((name) => details[name]).map((name) => details[name]);
  if (details.probability < 1) words.push(`${Math.round(details.probability * 100)} %`);
  if (details.every_n > 1) words.push(`1/${details.every_n}`);
  if (details.first_n) words.push(`≤ ${details.first_n}`);
  if (details.daily_from) words.push(`${details.daily_from}–${details.daily_until}`);
  return words.join(" · ") || "mọi lượt gọi / every call";
}

function faultRow(fault) {
  const row = element("tr");
  const left = fault.begun
    ? `${Math.ceil(fault.seconds_left)} s`
    : `bắt đầu sau / begins in ${Math.ceil(fault.seconds_left - fault.duration_seconds)} s`;
  const end = element("button", "Kết thúc / End");
  end.addEventListener("click", () => act(() => ask("DELETE", `faults/${fault.id}`)));
  const last = element("td");
  last.append(end);
  row.append(
    element("td", fault.shape),
    element("td", scopeOf(fault.details)),
    element("td", left, "number"),
    element("td", fault.hits, "number"),
    last,
  );
  return row;
}

function showFaults(faults) {
  const running = faults.filter((fault) => fault.begun);
  const ahead = faults.filter((fault) => !fault.begun);
  ahead.sort((a, b) => a.started_at.localeCompare(b.started_at));
  const shown = [...running, ...ahead.slice(0, SHOWN_AHEAD)];
  byId("faults").replaceChildren(...shown.map(faultRow));
  const more = faults.length - shown.length;
  byId("more-faults").textContent =
    faults.length === 0 ? "Không có / None" : more > 0 ? `và ${more} lỗi sắp tới / and ${more} to come` : "";
}

function answerOf(call) {
  const words = [call.fault ? `⚡ ${call.fault}` : "", OUTCOMES[call.outcome]];
  if (call.error_code !== null) words.push(`[${call.error_code}] ${call.message}`);
  if (call.withdrawn_at) words.push("đã rút lại / taken back");
  return words.filter(Boolean).join(" · ");
}

function callRow(call) {
  const row = element("tr");
  const more = call.dossiers.length > 2 ? ` + ${call.dossiers.length - 2}` : "";
  row.append(
    element("td", call.number, "number"),
    element("td", inHanoi(call.arrived_at), "number"),
    element("td", call.service),
    element("td", call.unit),
    element("td", call.dossiers.slice(0, 2).join(", ") + more),
    element("td", answerOf(call), call.outcome),
  );
  return row;
}

function presetButton(preset) {
  const button = element("button", preset.name);
  button.dataset.preset = preset.name;
  button.title = `${preset.vi} / ${preset.en}`;
  button.append(document.createElement("br"), element("small", preset.vi));
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () =>
    act(async () => {
      await ask("POST", `presets/${preset.name}`);
      chosen = preset.name;
    }),
  );
  return button;
}

function showChosen() {
  for (const button of byId("presets").children) {
    button.setAttribute("aria-pressed", String(button.dataset.preset === chosen));
  }
}

function tell(words, failed) {
  byId("state").textContent = words;
  byId("state").className = failed ? "failed" : "";
}

async function refresh() {
  const [state, summary, clock, faults, calls] = await Promise.all(
    ["state", "ledger/summary", "clock", "faults", `ledger/calls?limit=${SHOWN_CALLS}`].map((path) =>
      ask("GET", path),
    ),
  );
  showHeld(summary, state);
  showClock(clock);
  showFaults(faults);
  showChosen();
  byId("calls").replaceChildren(...calls.rows.reverse().map(callRow));
  const tenant = state.tenant === "default" ? "" : `${state.tenant}: `;
  tell(`${tenant}cổng đang chạy, ${calls.last_number} lượt gọi / running, ${calls.last_number} calls`, false);
}

async function act(work) {
  try {
    await work();
    await refresh();
  } catch (problem) {
    tell(`Cổng không trả lời / The portal does not answer: ${problem.message}`, true);
  }
}

const CLOCK = {
  freeze: () => ask("PUT", "clock", { mode: "frozen", at: byId("now").dateTime }),
  hour: () => ask("PUT", "clock", { mode: "advance", seconds: 3600 }),
  day: () => ask("PUT", "clock", { mode: "advance", seconds: 86400 }),
  idle: () => ask("POST", "clock/idle?timeout=5"),
  real: () => ask("PUT", "clock", { mode: "real" }),
};

async function keepFresh() {
  await act(async () => {});
  setTimeout(keepFresh, EVERY_MS);
}

for (const button of document.querySelectorAll("[data-clock]")) {
  button.addEventListener("click", () => act(CLOCK[button.dataset.clock]));
}
byId("reset").addEventListener("click", () =>
  act(async () => {
    await ask("POST", "reset");
    chosen = null;
  }),
);
act(async () => {
  const presets = await ask("GET", "presets");
  byId("presets").replaceChildren(...presets.map(presetButton));
});
keepFresh();
