// Runs once, when the component is on the page. `element` is the component, `server` its Python functions.
const root = element.querySelector(".cw");
const log = root.querySelector(".cw-log");
const empty = root.querySelector(".cw-empty");
const form = root.querySelector(".cw-form");
const input = root.querySelector(".cw-input");
const place = root.querySelector(".cw-place-input");
const reader = root.querySelector(".cw-reader");
const fresh = root.querySelector("[data-new]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const save = root.querySelector("[data-save]");

function fit() {
  input.style.height = "auto";
  input.style.height = Math.min(input.scrollHeight, 160) + "px";
}

function turn(question) {
  const section = document.createElement("section");
  section.className = "cw-turn";
  const asked = document.createElement("h2");
  asked.className = "cw-question";
  asked.dir = "auto";
  asked.textContent = question;
  const answer = document.createElement("div");
  answer.className = "cw-answer";
  answer.setAttribute("aria-busy", "true");
  answer.innerHTML = '<p class="cw-waiting">Searching…</p>';
  section.append(asked, answer);
  log.append(section);
  return { section, answer };
}

// What was said before, as far as it was answered: each question and what is marked in its best quotation. A question that was
// asked alone begins anew; one that came by a link brings what it leaned on.
function history() {
  let said = [];
  for (const section of log.querySelectorAll(".cw-turn")) {
    const answer = section.querySelector(".cw-answer");
    if (answer.hasAttribute("aria-busy") || answer.querySelector(":scope > .cw-error, :scope > .cw-state, :scope > .cw-reply"))
      continue;
    if (section.alone) said = [];
    if (section.linked) said.push(...section.asked.history);
    said.push({ role: "user", content: section.asked.question.slice(0, 4000) });
    const quoted = answer.querySelector(":scope > .cw-card mark");
    if (quoted) said.push({ role: "assistant", content: quoted.textContent.slice(0, 4000) });
  }
  const kept = said.slice(-12);
  return kept.length && kept[0].role === "assistant" ? kept.slice(1) : kept;
}

// A name that no other answer has. (crypto.randomUUID is there only over https.)
function name() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The earlier questions that an answer was understood with; before there is one, those that the link brought.
function leanedOn(section) {
  const understood = section.querySelector("[data-context]");
  if (understood) return JSON.parse(understood.dataset.context);
  const answered = section.querySelector(".cw-opinions");
  return section.linked && !answered ? section.asked.history.map((said) => said.content) : [];
}

// The address says what was asked, so that an answer can be shared: the question, where to look, and what a follow-up leaned on.
function address(section) {
  const link = new URL(location.href);
  link.search = "";
  link.searchParams.set("q", section.asked.question);
  if (section.asked.place) link.searchParams.set("in", section.asked.place);
  for (const question of leanedOn(section)) link.searchParams.append("after", question);
  return link.href;
}

// What was answered before from other documents than now is still above; say so.
function noticeSnapshot(section) {
  const of = (turn) => turn && turn.querySelector(".cw-opinions")?.dataset.snapshot;
  const now = of(section);
  let before = section.previousElementSibling;
  while (before && !of(before)) before = before.previousElementSibling;
  if (!now || !before || of(before) === now) return;
  const notice = document.createElement("p");
  notice.className = "cw-notice";
  notice.setAttribute("role", "status");
  notice.textContent = "The index has changed since your last question. What is above is from before.";
  section.prepend(notice);
  begin();
}

// What can be asked, and where to look, follow the documents: the page may be older than their index.
async function begin() {
  const html = await called("begin", { snapshot: empty.querySelector(".cw-welcome")?.dataset.snapshot || "" });
  if (html) empty.innerHTML = html;
  tend(empty, begin);
  offerPlaces();
}

// A single document has no parts to choose from.
function offerPlaces() {
  const welcome = empty.querySelector(".cw-welcome");
  if (!welcome) return;
  const scope = root.querySelector(".cw-scope");
  scope.hidden = !(Number(welcome.dataset.documents) > 1);
  if (scope.hidden) lookIn("");
}

// Look only in a document or a folder, or in all; the box says which even when it is folded.
function lookIn(where) {
  place.value = where;
  sayWhere();
}

function sayWhere() {
  const where = place.value.trim();
  root.querySelector(".cw-scope summary").textContent = where ? `Asking only ${where}` : "Ask only part of the documents";
}

async function ask(question, { alone = false, after = null, within = place.value } = {}) {
  question = question.trim();
  if (!question) {
    input.focus();
    return;
  }
  empty.hidden = true;
  fresh.hidden = save.hidden = false;
  const asked = { question, place: within, history: alone ? [] : after || history() };
  const { section, answer } = turn(question);
  Object.assign(section, { asked, alone, linked: after !== null });
  window.history.replaceState(null, "", address(section));
  section.answer = name();
  document.title = `${question.slice(0, 80)} – Citewell`;
  section.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  moved = false;
  await answerTo(section, answer);
}

async function answerTo(section, answer) {
  answer.setAttribute("aria-busy", "true");
  const html = await called("ask", section.asked);
  const inside = answer.contains(document.activeElement);
  answer.innerHTML = html;
  if (inside) answer.querySelector(":scope > .cw-card, button")?.focus({ preventScroll: true });
  answer.removeAttribute("aria-busy");
  tend(answer, () => answerTo(section, answer));
  noticeSnapshot(section);
  const last = log.lastElementChild;
  if (section === last) window.history.replaceState(null, "", address(section));
  // The answer to an earlier question must not push away the one that is waited for.
  if (!moved) last.scrollIntoView({ block: "start", behavior: "auto" });
}

// Who reads something else meanwhile is not taken away from it.
let moved = false;
for (const kind of ["wheel", "touchmove", "keydown"]) log.addEventListener(kind, () => (moved = true), { passive: true });

// Keep what the reader says of an answer, or of one passage of it; saying it again takes it back. What is said quickly is kept
// in the order in which it was said.
let saying = Promise.resolve();
function say(button) {
  const taken = button.getAttribute("aria-pressed") === "true";
  saying = saying.then(() => keep(button, taken));
}

async function keep(button, taken) {
  const section = button.closest(".cw-turn");
  const opinions = section.querySelector(".cw-opinions");
  const { verdict, rank } = button.dataset;
  const said = await called("say", {
    asked: section.asked,
    answer: section.answer,
    shown: opinions.dataset.shown,
    verdict: taken ? null : verdict,
    rank: rank ? Number(rank) : null,
  });
  const told = rank ? button.closest(".cw-card").querySelector(".cw-said") : opinions.querySelector(".cw-said");
  told.innerHTML = said;
  tend(told, () => keep(button, taken));
  if (!told.querySelector(".cw-noted")) return;
  for (const other of rank ? [button] : opinions.querySelectorAll("[data-verdict]")) {
    other.setAttribute("aria-pressed", String(other === button && !taken));
  }
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { ask: question, maintain: action, verdict, copy: form, step: by, go: at } = button.dataset;
  // A question that is suggested says all that it means.
  if ("everywhere" in button.dataset) {
    lookIn("");
    ask(question, { after: button.closest(".cw-turn").asked.history });
  } else if (question)
    ask(question, { alone: true, ...("again" in button.dataset && { within: button.closest(".cw-turn").asked.place }) });
  else if ("retry" in button.dataset) button.closest(".cw-state").again();
  else if (action) maintain(button);
  else if (button.dataset.judge) judge(button);
  else if ("place" in button.dataset) showQuoted(button);
  else if ("region" in button.dataset) showRegion(button);
  else if ("remove" in button.dataset) removeDocument(button);
  else if (verdict) say(button);
  else if (form) copyCard(button, form);
  else if ("link" in button.dataset) copyLink(button);
  else if ("save" in button.dataset) saveConversation();
  else if (button.classList.contains("cw-show")) show(button);
  else if (by) step(Number(by));
  else if (at) go(at);
  else if ("close" in button.dataset) close();
  else if ("new" in button.dataset) {
    close();
    log.querySelectorAll(".cw-turn").forEach((section) => section.remove());
    empty.hidden = false;
    fresh.hidden = save.hidden = true;
    window.history.replaceState(null, "", location.pathname);
    document.title = "Citewell";
    lookIn("");
    begin();
    input.focus();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = input.value;
  if (tooLong(question)) return;
  input.value = "";
  fit();
  ask(question);
});

// What is too long stays in the box, to be shortened.
function tooLong(question) {
  const most = Number(input.dataset.longest);
  const told = form.querySelector(".cw-too-long");
  const length = [...question.trim()].length;
  told.hidden = length <= most;
  told.textContent = told.hidden
    ? ""
    : `The question has ${length.toLocaleString("en")} characters; at most ${most.toLocaleString("en")} are taken.`;
  return !told.hidden;
}

input.addEventListener("input", () => {
  fit();
  if (!form.querySelector(".cw-too-long").hidden) tooLong(input.value);
});
place.addEventListener("input", sayWhere);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// Ctrl+K asks; the arrows go from passage to passage; Escape closes the source.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  else if (event.key === "k" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (root.querySelector(".cw-chat").inert) close();
    input.focus();
    input.select();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey && !event.ctrlKey && !event.metaKey) {
    const way = event.key === "ArrowDown" ? 1 : -1;
    const typing = event.target === input;
    if (typing ? input.value || way > 0 : !event.target.closest?.(".cw-card")) return;
    const cards = [...log.querySelectorAll(".cw-card")].filter((card) => card.offsetParent);
    const here = typing ? cards.length : cards.indexOf(event.target.closest(".cw-card"));
    const next = typing ? log.lastElementChild.querySelector(".cw-card") : cards[here + way];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest", behavior: still.matches ? "auto" : "smooth" });
  }
});

listenForDocuments();
listenForJudging();

showAccount();
offerPlaces();
begin();
const shared = new URLSearchParams(location.search);
if (shared.get("q")) {
  lookIn(shared.get("in") || "");
  ask(shared.get("q"), {
    after: shared
      .getAll("after")
      .slice(-6)
      .map((content) => ({ role: "user", content })),
  });
}

// A phone would open its keyboard over the page before anything was read.
if (matchMedia("(hover: hover)").matches) input.focus({ preventScroll: true });
