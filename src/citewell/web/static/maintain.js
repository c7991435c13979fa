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
  if (action === "rollback" && !confirmed(button, "Really return to it?")) return;
  if (action === "cancel") button.textContent = "Cancelling…";
  const html = await wanted(action);
  if (action === "rollback") refreshPanel(html);
  else watch(html);
}

// Whether a button is pressed for the second time, once it has asked.
function confirmed(button, question) {
  if (button.dataset.asked) return true;
  button.dataset.asked = "yes";
  button.textContent = question;
  return false;
}

async function openPanel(button) {
  const current = nextView();
  const html = await wanted("show");
  if (!current()) return;
  opener = button;
  fillPanel(html);
  openReader();
  reader.querySelector("[data-close]").focus({ preventScroll: true });
}

function fillPanel(html) {
  reader.innerHTML = html;
  reader.querySelector(".cw-uploads")?.replaceWith(uploads);
  tend(reader, async () => refreshPanel(await wanted("show")));
  if (reader.querySelector("[data-running]")) watchAgain();
}

// What is typed stays, and who types stays there, though the rest of the panel is new.
function refreshPanel(html) {
  const panel = reader.querySelector(".cw-panel:not(.cw-view)");
  if (!panel) return;
  const inside = reader.contains(document.activeElement);
  const focused = document.activeElement;
  const curating = reader.querySelector(".cw-curating");
  const top = panel.scrollTop;
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

async function showChecks(button) {
  const place = reader.querySelector(".cw-checks");
  place.textContent = "Looking…";
  button.disabled = true;
  place.innerHTML = await wanted("checks");
  button.disabled = false;
  tend(place, () => showChecks(button));
}

// Of what is still running only the figures are new, so that who is about to cancel it can.
function showProgress(place, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const [before, after] = [place, template.content].map((each) => each.querySelector("[data-running] .cw-stages"));
  if (before && after) before.replaceWith(after);
  return Boolean(before && after);
}

function watchAgain() {
  const place = reader.querySelector(".cw-rebuild");
  setTimeout(async () => place.isConnected && watch(await wanted("progress")), POLL);
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
