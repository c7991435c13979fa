// Shows who is signed in. All users get the same page, so the script asks the server.
import { all, one } from "../shared/dom.js";
import { root, stateOf } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { signInAddress } from "./addresses.js";

function session() {
  return fetch("session", { headers: { Accept: "application/json" } });
}

/** Show who is signed in, and the panels that they may use. */
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

/** Why the server admits nobody now, or no longer this session; empty if neither is the case. */
export async function notAdmitted() {
  if (!("accounts" in root.dataset)) return "";
  const response = await session();
  if (response.headers.has("Retry-After")) return stateOf("away");
  if (response.status !== 401) return "";
  const address = signInAddress(location.pathname + location.search);
  const words = gettext("Your session has expired.");
  return `<p class="cw-error" role="alert">${words} <a href="${address}">${gettext("Sign in again")}</a>.</p>`;
}
