// What the theme makes without a name, or out of reach of the keyboard.
const amend = () => {
  for (const nav of document.querySelectorAll(".md-code__nav:not([role])")) {
    nav.setAttribute("role", "none");
  }
  for (const table of document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex])")) {
    table.setAttribute("tabindex", "0");
  }
};

new MutationObserver(amend).observe(document.documentElement, { childList: true, subtree: true });
amend();
