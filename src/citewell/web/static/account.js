// Who is signed in, where there are accounts: one page is served to all, so it has to ask.
async function showAccount() {
  if (!("accounts" in root.dataset)) return;
  let response;
  try {
    response = await fetch("session", { headers: { Accept: "application/json" } });
  } catch (error) {
    return setTimeout(showAccount, 5000);
  }
  if (!response.ok) return;
  const { name, maintains } = await response.json();
  const account = root.querySelector(".cw-account");
  account.querySelector(".cw-user").textContent = name;
  account.hidden = false;
  for (const button of root.querySelectorAll('.cw-bar [data-maintain="show"], .cw-bar [data-judge="show"]')) {
    button.hidden = !maintains;
  }
}

// What to say where a session has ended; nothing where it has not.
async function signedOut() {
  if (!("accounts" in root.dataset)) return "";
  const response = await fetch("session", { headers: { Accept: "application/json" } });
  if (response.status !== 401) return "";
  const next = encodeURIComponent(location.pathname + location.search);
  return `<p class="cw-error" role="alert">You are signed in no longer. <a href="/sign-in?next=${next}">Sign in</a> to go on.</p>`;
}
