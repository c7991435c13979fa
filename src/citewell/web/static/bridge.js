// Gradio runs this once when it shows the component, with local names that modules do not see.
window.citewell = { element, server };
window.dispatchEvent(new Event("citewell"));
