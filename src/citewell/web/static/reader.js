// The reader: a document beside the conversation, opened at a quotation.
const closing = '<button type="button" class="cw-close" data-close>Close</button>';
const wide = matchMedia("(min-width: 1100px)");
const narrow = matchMedia("(max-width: 800px)");
let opener = null;
let views = 0;

// What is wanted next in the place of the reader; says later whether it still is.
function nextView() {
  const mine = ++views;
  return () => mine === views;
}

// What a button opens can take a while; it says so.
async function busily(button, coming) {
  button.setAttribute("aria-busy", "true");
  const html = await coming;
  button.removeAttribute("aria-busy");
  return html;
}

// Who types is not taken away from it by something that comes late.
function mayFocus() {
  return document.activeElement !== input && document.activeElement !== place;
}

function openReader() {
  if (!reader.querySelector("[data-close]")) reader.insertAdjacentHTML("beforeend", closing);
  reader.hidden = false;
  root.dataset.reader = "open";
  cover();
}

// On a phone the reader covers the conversation, which cannot be reached behind it.
function cover() {
  root.querySelector(".cw-chat").inert = !reader.hidden && narrow.matches;
}
narrow.addEventListener("change", cover);

function spans(card) {
  return card.dataset.marks.split(",").map((mark) => mark.split("-").map(Number));
}

async function show(button) {
  const card = button.closest(".cw-card");
  const { path, start, end, key } = card.dataset;
  // What the other passages of this answer have marked in the same document is marked, too.
  const cards = [...card.closest(".cw-turn").querySelectorAll(".cw-card")].filter((each) => each.dataset.path === path);
  await openSource(
    called("show", { path, start: Number(start), end: Number(end), key, marks: cards.flatMap(spans) }),
    button,
    () => show(button),
  );
}

// Show a document that the server is sending; `again` is what asks for it.
async function openSource(coming, button, again) {
  const wanted = nextView();
  const html = await busily(button, coming);
  if (!wanted()) return;
  opener = button;
  reader.innerHTML = html;
  tend(reader, again);
  openReader();
  button.scrollIntoView({ block: "nearest" });
  const found = reader.querySelector(".cw-place");
  if (!found) {
    if (mayFocus()) reader.querySelector("[data-close]").focus();
    return;
  }
  const outline = reader.querySelector(".cw-outline");
  if (outline) outline.open = wide.matches;
  scrollTo(found.querySelector("mark") || found);
  if (mayFocus()) found.focus({ preventScroll: true });
}

function scrollTo(target) {
  const text = reader.querySelector(".cw-reader-text");
  text.scrollTop += target.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 4;
  const marks = [...reader.querySelectorAll("mark")];
  const nth = marks.indexOf(target);
  for (const mark of marks) mark.classList.toggle("cw-current", mark === target);
  if (nth >= 0) reader.querySelector(".cw-at").textContent = `${nth + 1} of ${marks.length}`;
  reader.querySelector(".cw-steps").hidden = marks.length < 2;
}

function step(by) {
  const marks = [...reader.querySelectorAll("mark")];
  const here = marks.findIndex((mark) => mark.classList.contains("cw-current"));
  scrollTo(marks[(here + by + marks.length) % marks.length]);
}

function go(at) {
  // A heading inside the passage has no place of its own.
  const heading = reader.querySelector(`[data-at="${CSS.escape(at)}"]`) || reader.querySelector(".cw-place");
  const text = reader.querySelector(".cw-reader-text");
  text.scrollTop += heading.getBoundingClientRect().top - text.getBoundingClientRect().top - 8;
  heading.focus({ preventScroll: true });
  if (!wide.matches) reader.querySelector(".cw-outline").open = false;
}

function close() {
  nextView();
  if (reader.hidden) return;
  reader.hidden = true;
  reader.innerHTML = "";
  root.dataset.reader = "closed";
  cover();
  if (opener && opener.isConnected) opener.focus();
}
