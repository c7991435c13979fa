// Looking after the documents, in the place of the reader.
const POLL = 400;
// What came of documents that were put in or removed; it outlives the panel, as sending them does.
const uploads = document.createElement("ul");
uploads.className = "cw-uploads";
uploads.setAttribute("aria-live", "polite");

function wanted(action) {
  return called("maintain", { action });
}

async function maintain(button) {
  const action = button.dataset.maintain;
  if (action === "show") return openPanel(button);
  if (action === "checks") return showChecks(button);
  if (button.ariaBusy === "true" || (action === "rollback" && !confirmed(button, "Really return to it?"))) return;
  if (action === "cancel") button.textContent = "Cancelling…";
  const html = await busily(button, wanted(action));
  if (action === "rollback") refreshPanel(html);
  else watch(html);
}

// Whether a button is pressed again after it has asked; a double click is no answer.
function confirmed(button, question) {
  if (button.dataset.asked) return Date.now() - button.dataset.asked > 500;
  button.dataset.asked = Date.now();
  button.textContent = question;
  return false;
}

async function openPanel(button) {
  const current = nextView();
  const html = await busily(button, wanted("show"));
  if (!current()) return;
  if (!reader.contains(button)) opener = button;
  fillPanel(html);
  openReader();
  if (mayFocus()) reader.querySelector("[data-close]").focus({ preventScroll: true });
}

function fillPanel(html) {
  reader.innerHTML = html;
  reader.querySelector(".cw-uploads")?.replaceWith(uploads);
  const state = reader.querySelector(".cw-state");
  tend(reader, async () => {
    const anew = await wanted("show");
    if (state.isConnected) refreshPanel(anew);
  });
  if (reader.querySelector("[data-running]")) watchAgain();
}

// What is typed stays, and who types stays there, though the rest of the panel is new.
function refreshPanel(html) {
  const panel = reader.querySelector(".cw-panel:not(.cw-view)");
  if (!panel && !reader.querySelector(":scope > .cw-state")) return;
  if (panel && !html.includes('class="cw-panel"')) return tellAbove(panel, html);
  const inside = reader.contains(document.activeElement);
  const focused = document.activeElement;
  const curating = reader.querySelector(".cw-curating");
  const top = panel?.scrollTop || 0;
  fillPanel(html);
  const anew = reader.querySelector(".cw-curating");
  if (curating && anew) {
    curating.querySelector("#cw-held").replaceWith(anew.querySelector("#cw-held"));
    anew.replaceWith(curating);
    curating.append(uploads);
  }
  openReader();
  reader.querySelector(".cw-panel")?.scrollTo(0, top);
  if (!inside) return;
  const next = focused.isConnected
    ? focused
    : reader.querySelector(".cw-rebuild button") || reader.querySelector("[data-close]");
  next.focus({ preventScroll: true });
}

// What could not be done is said above what is there, and nothing is lost.
function tellAbove(panel, html) {
  panel.querySelectorAll(":scope > .cw-error, :scope > .cw-state").forEach((each) => each.remove());
  panel.insertAdjacentHTML("afterbegin", html);
  panel.scrollTop = 0;
  tend(panel, async () => refreshPanel(await wanted("show")));
}

async function showChecks(button) {
  if (button.ariaBusy === "true") return;
  reader.querySelector(".cw-checks").textContent = "Looking…";
  const html = await busily(button, wanted("checks"));
  const place = reader.querySelector(".cw-checks");
  if (!place) return;
  place.innerHTML = html;
  tend(place, () => showChecks(reader.querySelector('[data-maintain="checks"]')));
}

// Of what is still running only the figures are new, so that who is about to cancel it can.
function showProgress(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const [before, after] = [place, template.content].map((each) => each.querySelector("[data-running] .cw-stages"));
  if (before && after) before.replaceWith(after);
  return Boolean(before && after);
}

let watching = null;

function watchAgain() {
  const place = reader.querySelector(".cw-rebuild");
  clearTimeout(watching);
  watching = setTimeout(async () => place.isConnected && watch(await wanted("progress")), POLL);
}

// Look at a running rebuild again and again; when it has ended, show what is different.
async function watch(html) {
  const place = reader.querySelector(".cw-rebuild");
  if (!place) return;
  if (!showProgress(place, html)) {
    const inside = place.contains(document.activeElement);
    place.innerHTML = html;
    if (inside) place.querySelector("button")?.focus({ preventScroll: true });
    tend(place, async () => watch(await wanted("progress")));
  }
  if (place.querySelector("[data-running]")) watchAgain();
  else if (!place.querySelector(".cw-error, .cw-state")) refreshPanel(await wanted("show"));
}
