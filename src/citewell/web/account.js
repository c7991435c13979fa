// Who is signed in, where there are accounts: one page is served to all, so it has to ask.
async function showAccount() {
  if (!("accounts" in root.dataset)) return;
  const response = await fetch("session", { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const { name, maintains } = await response.json();
  const account = root.querySelector(".cw-account");
  account.querySelector(".cw-user").textContent = name;
  account.hidden = false;
  for (const button of root.querySelectorAll('.cw-bar [data-maintain="show"], .cw-bar [data-judge="show"]')) {
    button.hidden = !maintains;
  }
}

// Have the server do something; return its HTML, or what to say where there is none. Gradio throws, or returns nothing.
async function called(name, request) {
  try {
    const html = await server[name](request);
    if (typeof html === "string") return html;
  } catch (error) {
    return failure();
  }
  return failure();
}

// Why the server did not do what was asked: it is not there, or a session has ended.
async function failure() {
  if (!("accounts" in root.dataset)) return unreachable;
  try {
    const response = await fetch("session", { headers: { Accept: "application/json" } });
    if (response.status !== 401) return unreachable;
  } catch (error) {
    return unreachable;
  }
  const next = encodeURIComponent(location.pathname + location.search);
  return `<p class="cw-error" role="alert">You are signed in no longer. <a href="/sign-in?next=${next}">Sign in</a> to go on.</p>`;
}
