// Looking after the documents, in the place of the reader.
const POLL = 400;

function wanted(action) {
  return called("maintain", { action });
}

async function maintain(button) {
  const action = button.dataset.maintain;
  if (action === "show") opener = button;
  const html = await wanted(action);
  if (action === "show" || action === "rollback") showPanel(html);
  else if (action === "checks") showChecks(html);
  else watch(html);
}

function showChecks(html) {
  const place = reader.querySelector(".cw-checks");
  place.innerHTML = html;
  tend(place, async () => showChecks(await wanted("checks")));
}

// What is typed or was done there stays, though the rest of the panel is new.
function showPanel(html) {
  const curating = reader.querySelector(".cw-curating");
  const top = reader.querySelector(".cw-panel")?.scrollTop;
  const focused = curating?.contains(document.activeElement) ? document.activeElement : null;
  reader.innerHTML = html;
  const anew = reader.querySelector(".cw-curating");
  if (curating && anew) {
    curating.querySelector("#cw-held").replaceWith(anew.querySelector("#cw-held"));
    anew.replaceWith(curating);
  }
  tend(reader, async () => showPanel(await wanted("show")));
  if (!reader.querySelector("[data-close]")) reader.insertAdjacentHTML("beforeend", closing);
  reader.hidden = false;
  root.dataset.reader = "open";
  if (top) reader.querySelector(".cw-panel")?.scrollTo(0, top);
  (focused || reader.querySelector("[data-close]")).focus({ preventScroll: true });
  const running = reader.querySelector("[data-running]");
  if (running) watch(running.parentElement.innerHTML);
}

// Look at a running rebuild again and again; when it has ended, show what is different.
async function watch(html) {
  const place = reader.querySelector(".cw-rebuild");
  if (!place) return;
  place.innerHTML = html;
  tend(place, async () => watch(await wanted("progress")));
  if (place.querySelector("[data-running]")) {
    setTimeout(async () => place.isConnected && watch(await wanted("progress")), POLL);
  } else if (!place.querySelector(".cw-error, .cw-state")) {
    showPanel(await wanted("show"));
  }
}
