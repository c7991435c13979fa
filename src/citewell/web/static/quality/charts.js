// The charts of the "Quality" panel. Plotly is loaded with the first chart.
import { all, one, still } from "../shared/dom.js";
import { reader, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { inColours, inks } from "./colours.js";

/** @typedef {{ path: string, start?: number, end?: number, snapshot?: string }} Box A place that a box of the map stands for. */
/** @typedef {(box: Box) => void} OpenBox */

/** @type {Promise<Plotly> | null} */
let loading = null;

function loadPlotly() {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = one(reader, "[data-plotly]").dataset.plotly ?? "";
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      loading = null;
      reject(new Error("the charts could not be loaded"));
    };
    document.head.append(script);
  });
  return loading;
}

function drawn() {
  return /** @type {Chart[]} */ (all(reader, ".js-plotly-plot"));
}

// A token has one colour for light and one for dark; an element shows which applies.
/** @param {string} name */
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  root.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function colours() {
  return { ink: colour("--cw-ink"), card: colour("--cw-card"), line: colour("--cw-line") };
}

/** Remove the charts and their window listeners. */
export function forgetCharts() {
  for (const chart of drawn()) window.Plotly.purge(chart);
}

/** Fit the charts to their elements. */
export function refitCharts() {
  for (const chart of drawn()) window.Plotly.Plots.resize(chart);
}

/** Update the colours of the charts to light or dark. */
export function recolour() {
  const now = colours();
  for (const chart of drawn()) {
    const trace = chart.data[0];
    if (chart.dataset.snapshot && trace) {
      window.Plotly.restyle(chart, { "insidetextfont.color": [inks(trace, now.ink)] });
    }
    window.Plotly.relayout(chart, inColours(chart.layout, now));
  }
}

/**
 * Draw the charts of a view.
 * @param {HTMLElement} place
 * @param {OpenBox} open
 */
export async function drawCharts(place, open) {
  const charts = /** @type {Chart[]} */ (all(place, "[data-figure]"));
  if (!charts.length) return;
  let library;
  try {
    library = await loadPlotly();
  } catch {
    for (const chart of charts)
      chart.textContent = gettext("The charts could not be loaded. Check that the server is running.");
    return;
  }
  for (const chart of charts) {
    if (chart.isConnected && !chart._fullLayout) await draw(library, chart, open);
  }
}

/**
 * @param {Plotly} library
 * @param {Chart} chart
 * @param {OpenBox} open
 */
async function draw(library, chart, open) {
  const { data, layout } = JSON.parse(chart.dataset.figure ?? "");
  const now = colours();
  if (chart.dataset.snapshot) data[0].insidetextfont.color = inks(data[0], now.ink);
  await library.newPlot(chart, data, inColours(layout, now), { displayModeBar: false, responsive: true });
  if (chart.dataset.snapshot) listenToMap(library, chart, open);
}

/**
 * A click opens a document or a section, or zooms into a folder (without animation if the user prefers reduced motion).
 * @param {Plotly} library
 * @param {Chart} chart
 * @param {OpenBox} open
 */
function listenToMap(library, chart, open) {
  chart.on("plotly_treemapclick", ({ points, nextLevel }) => {
    const [path, start, end] = points[0]?.customdata ?? [];
    if (path !== undefined) {
      open({ path, start, end, snapshot: chart.dataset.snapshot });
      return false;
    }
    if (!still.matches) return true;
    library.restyle(chart, { level: nextLevel ?? "" });
    return false;
  });
}
