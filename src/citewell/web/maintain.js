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
  else if (action === "checks") reader.querySelector(".cw-checks").innerHTML = html;
  else watch(html);
}

function showPanel(html) {
  const done = reader.querySelector(".cw-uploads");
  reader.innerHTML = html;
  if (done) reader.querySelector(".cw-uploads")?.replaceWith(done);
  if (!reader.querySelector("[data-close]")) reader.insertAdjacentHTML("beforeend", closing);
  reader.hidden = false;
  root.dataset.reader = "open";
  reader.querySelector("[data-close]").focus({ preventScroll: true });
  const running = reader.querySelector("[data-running]");
  if (running) watch(running.parentElement.innerHTML);
}

// Look at a running rebuild again and again; when it has ended, show what is different.
async function watch(html) {
  const place = reader.querySelector(".cw-rebuild");
  if (!place) return;
  place.innerHTML = html;
  if (place.querySelector("[data-running]")) {
    setTimeout(async () => place.isConnected && watch(await wanted("progress")), POLL);
  } else if (!place.querySelector(".cw-error")) {
    showPanel(await wanted("show"));
  }
}
