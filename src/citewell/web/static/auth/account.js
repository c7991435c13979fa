// Who is signed in, where there are accounts: one page is served to all, so it has to ask.
import { all, one } from "../shared/dom.js";
import { root } from "../shared/frame.js";
import { signInAddress } from "./addresses.js";

function session() {
  return fetch("session", { headers: { Accept: "application/json" } });
}

/** Show who is signed in, and what they may do. */
export async function showAccount() {
  if (!("accounts" in root.dataset)) return;
  let response;
  try {
    response = await session();
  } catch {
    setTimeout(showAccount, 5000);
    return;
  }
  if (!response.ok) return;
  const { name, maintains } = await response.json();
  const account = one(root, ".cw-account");
  one(account, ".cw-user").textContent = name;
  account.hidden = false;
  for (const button of all(root, '.cw-bar [data-maintain="show"], .cw-bar [data-judge="show"]')) {
    button.hidden = !maintains;
  }
}

/** What to say where a session has ended; nothing where it has not. */
export async function signedOut() {
  if (!("accounts" in root.dataset)) return "";
  const response = await session();
  if (response.status !== 401) return "";
  const way = signInAddress(location.pathname + location.search);
  return `<p class="cw-error" role="alert">You are signed in no longer. <a href="${way}">Sign in</a> to go on.</p>`;
}
