// Gradio runs this once, when the component is on the page, and has names for it that modules do not see.
window.citewell = { element, server };
window.dispatchEvent(new Event("citewell"));
