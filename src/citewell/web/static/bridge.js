// Gradio runs this once when it shows the component, with local names that modules do not see.
// Until the modules are there, a question stays in its box: the browser's own way of sending it would lose it.
element.querySelector(".cw-form")?.addEventListener("submit", (event) => event.preventDefault());
window.citewell = { element, server };
window.dispatchEvent(new Event("citewell"));
