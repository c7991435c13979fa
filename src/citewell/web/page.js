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
const unreachable =
  '<p class="cw-error" role="alert">The server did not answer. Is it still running? Your question is kept above; ask it again when it is.</p>';
const closing = '<button type="button" class="cw-close" data-close>Close</button>';
let opener = null;

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

// What was said before, as far as it was answered: each question and what is marked in its best quotation.
function history() {
  const said = [];
  for (const section of log.querySelectorAll(".cw-turn")) {
    const answer = section.querySelector(".cw-answer");
    if (answer.hasAttribute("aria-busy") || answer.querySelector(".cw-error, .cw-reply")) continue;
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

async function ask(question, alone = false) {
  question = question.trim();
  if (!question) {
    input.focus();
    return;
  }
  empty.hidden = true;
  fresh.hidden = false;
  const asked = { question, place: place ? place.value : "", history: alone ? [] : history() };
  const { section, answer } = turn(question);
  section.asked = asked;
  section.answer = name();
  section.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
  try {
    answer.innerHTML = await server.ask(asked);
  } catch (error) {
    answer.innerHTML = unreachable;
  }
  answer.removeAttribute("aria-busy");
  if (section === log.lastElementChild) section.scrollIntoView({ block: "start", behavior: "auto" });
}

// Keep what the reader says of an answer, or of one passage of it; saying it again takes it back.
async function say(button) {
  const section = button.closest(".cw-turn");
  const opinions = section.querySelector(".cw-opinions");
  const { verdict, rank } = button.dataset;
  const taken = button.getAttribute("aria-pressed") === "true";
  let said;
  try {
    said = await server.say({
      asked: section.asked,
      answer: section.answer,
      snapshot: opinions.dataset.snapshot,
      verdict: taken ? null : verdict,
      rank: rank ? Number(rank) : null,
    });
  } catch (error) {
    said = unreachable;
  }
  const told = rank ? button.closest(".cw-card").querySelector(".cw-said") : opinions.querySelector(".cw-said");
  told.innerHTML = said;
  if (!told.querySelector(".cw-noted")) return;
  for (const other of rank ? [button] : opinions.querySelectorAll("[data-verdict]")) {
    other.setAttribute("aria-pressed", String(other === button && !taken));
  }
}

async function show(button) {
  const { path, start, end, key, marks } = button.dataset;
  const spans = marks ? marks.split(",").map((mark) => mark.split("-").map(Number)) : [];
  opener = button;
  try {
    reader.innerHTML = await server.show({ path, start: Number(start), end: Number(end), key, marks: spans });
  } catch (error) {
    reader.innerHTML = unreachable;
  }
  if (!reader.querySelector("[data-close]")) reader.insertAdjacentHTML("beforeend", closing);
  reader.hidden = false;
  root.dataset.reader = "open";
  button.scrollIntoView({ block: "nearest" });
  const found = reader.querySelector(".cw-place");
  if (!found) {
    reader.querySelector("[data-close]").focus();
    return;
  }
  const text = reader.querySelector(".cw-reader-text");
  const target = found.querySelector("mark") || found;
  text.scrollTop += target.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 4;
  found.focus({ preventScroll: true });
}

function close() {
  if (reader.hidden) return;
  reader.hidden = true;
  reader.innerHTML = "";
  root.dataset.reader = "closed";
  if (opener && opener.isConnected) opener.focus();
}

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.ask) ask(button.dataset.ask, "alone" in button.dataset);
  else if (button.dataset.verdict) say(button);
  else if (button.dataset.path) show(button);
  else if ("close" in button.dataset) close();
  else if ("new" in button.dataset) {
    close();
    log.querySelectorAll(".cw-turn").forEach((section) => section.remove());
    empty.hidden = false;
    fresh.hidden = true;
    input.focus();
  }
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = input.value;
  input.value = "";
  fit();
  ask(question);
});

input.addEventListener("input", fit);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
});

// A phone would open its keyboard over the page before anything was read.
if (matchMedia("(hover: hover)").matches) input.focus({ preventScroll: true });
