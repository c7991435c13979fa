// How good the answers are, in the place of the reader. What was being looked at is kept while a source is open over it.
let plotly = null;
let judged = null;

function asked(request) {
  return called("judge", request);
}

// A request is what a button says, with what the fields around it say.
function requestOf(button) {
  const request = { action: button.dataset.judge };
  for (const field of button.closest(".cw-view")?.querySelectorAll("[data-field]") || [])
    request[field.dataset.field] = field.value;
  for (const name of ["set", "run", "other", "key"]) if (button.dataset[name]) request[name] = button.dataset[name];
  if (button.dataset.feedback) request.feedback = Number(button.dataset.feedback);
  return request;
}

async function judge(button) {
  const action = button.dataset.judge;
  if (action === "back") return returnToJudging();
  if (action !== "show") return visit(requestOf(button), button);
  const current = nextView();
  const html = await busily(button, asked({ action }));
  if (!current()) return;
  if (!reader.contains(button)) opener = button;
  reader.innerHTML = html;
  tend(reader, () => judge(button));
  openReader();
  if (mayFocus()) reader.querySelector("[data-close]").focus({ preventScroll: true });
  settle();
}

// What has been done is not done again because an answer was lost; then the runs are looked at.
const DOES = new Set(["run", "cancel", "accept", "reject"]);

async function visit(request, from) {
  const place = reader.querySelector(".cw-view");
  // A double click is one decision.
  if (DOES.has(request.action) && place.getAttribute("aria-busy")) return;
  const current = nextView();
  place.setAttribute("aria-busy", "true");
  const html = await asked(request);
  place.removeAttribute("aria-busy");
  if (!current()) return;
  view(html, from);
  tend(place, () => visit(DOES.has(request.action) ? { action: "runs" } : request));
}

// Show a view. Who pressed or chose something that is not there any more goes on at what has taken its place.
function view(html, from = document.activeElement) {
  const place = reader.querySelector(".cw-view");
  if (!place) return;
  const inside = place.contains(from);
  forgetCharts();
  place.innerHTML = html;
  place.scrollTop = 0;
  const next = from?.dataset?.field && place.querySelector(`[data-field="${from.dataset.field}"]`);
  if (inside && mayFocus()) (next || place).focus({ preventScroll: true });
  settle();
}

// What a new view needs: its name in the navigation, its charts, and another look while a set is asked.
function settle() {
  const place = reader.querySelector(".cw-view");
  if (!place) return;
  const name = place.firstElementChild?.dataset.view;
  for (const tab of reader.querySelectorAll(".cw-tabs button")) {
    if (name) tab.setAttribute("aria-current", tab.dataset.judge === name ? "page" : "false");
  }
  drawCharts(place);
  follow(place);
}

let following = null;

function follow(place) {
  const running = place.querySelector("[data-running]");
  clearTimeout(following);
  if (running) following = setTimeout(async () => running.isConnected && watchAsking(running), POLL);
}

async function watchAsking(running) {
  const html = await asked({ action: "progress" });
  if (!running.isConnected) return;
  if (showProgress(running.parentElement, html)) follow(reader.querySelector(".cw-view"));
  else {
    view(html);
    tend(reader.querySelector(".cw-view"), () => visit({ action: "runs" }));
  }
}

// The library is large, so that it is loaded when there is something to draw.
function loadPlotly() {
  plotly ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = reader.querySelector("[data-plotly]").dataset.plotly;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = null;
      reject(new Error("the charts could not be loaded"));
    };
    document.head.append(script);
  });
  return plotly;
}

// What is drawn listens to the window until it is forgotten.
function forgetCharts() {
  for (const chart of reader.querySelectorAll(".js-plotly-plot")) window.Plotly.purge(chart);
}

function recolour() {
  for (const chart of reader.querySelectorAll(".js-plotly-plot")) {
    if (chart.dataset.snapshot) window.Plotly.restyle(chart, { "insidetextfont.color": [inks(chart.data[0])] });
    window.Plotly.relayout(chart, inColours(chart.layout));
  }
}

// What stands around the boxes of a map is on the page's own ground, and in its ink.
function inks({ marker, insidetextfont }) {
  return insidetextfont.color.map((ink, nth) => (marker.colors[nth].startsWith("rgba") ? colour("--cw-ink") : ink));
}

function colour(name) {
  return getComputedStyle(root).getPropertyValue(name).trim();
}

function inColours(layout) {
  const ink = colour("--cw-ink");
  const hover = { bgcolor: colour("--cw-card"), bordercolor: colour("--cw-line"), font: { color: ink } };
  return { ...layout, font: { ...layout.font, color: ink }, hoverlabel: hover };
}

async function drawCharts(place) {
  const charts = [...place.querySelectorAll("[data-figure]")];
  if (!charts.length) return;
  let library;
  try {
    library = await loadPlotly();
  } catch (error) {
    for (const chart of charts) chart.textContent = "The charts could not be loaded. Is the server still running?";
    return;
  }
  for (const chart of charts) {
    if (!chart.isConnected || chart._fullLayout) continue;
    const { data, layout } = JSON.parse(chart.dataset.figure);
    if (chart.dataset.snapshot) data[0].insidetextfont.color = inks(data[0]);
    await library.newPlot(chart, data, inColours(layout), { displayModeBar: false, responsive: true });
    if (chart.dataset.snapshot) listenToMap(library, chart);
  }
}

// A document or a section opens; a folder is looked into, at once where motion is not wanted.
function listenToMap(library, chart) {
  chart.on("plotly_treemapclick", (event) => {
    const point = event.points[0];
    const [path, start, end] = point.customdata || [];
    if (path) {
      showOver(asked({ action: "place", path, start, end, snapshot: chart.dataset.snapshot }));
      return false;
    }
    if (!still.matches) return true;
    library.restyle(chart, { level: event.nextLevel ?? "" });
    return false;
  });
}

function showQuoted(button) {
  const { path, start, end, key } = button.dataset;
  const place = { path, start: Number(start), end: Number(end) };
  showOver(called("show", { ...place, key, marks: [[place.start, place.end]] }), button);
}

function showRegion(button) {
  const { path, start, end, snapshot } = button.dataset;
  showOver(asked({ action: "place", path, start: Number(start), end: Number(end), snapshot }), button);
}

// The panel gives its place to a source and comes back as it was, with its charts.
async function showOver(coming, button = null) {
  const panel = document.createDocumentFragment();
  const kept = { panel, button, opener, top: reader.querySelector(".cw-view").scrollTop };
  const current = nextView();
  await coming;
  if (!current() || !reader.querySelector(".cw-view")) return;
  panel.append(...reader.childNodes);
  judged = kept;
  await openSource(coming, kept.opener, returnToJudging);
  const back = document.createElement("button");
  back.type = "button";
  back.className = "cw-show";
  back.dataset.judge = "back";
  back.textContent = "Back to quality";
  reader.querySelector("[data-close]").before(back);
  if (!reader.querySelector(".cw-place")) back.focus();
}

function returnToJudging() {
  nextView();
  reader.replaceChildren(judged.panel);
  const place = reader.querySelector(".cw-view");
  place.scrollTop = judged.top;
  follow(place);
  (reader.contains(judged.button) ? judged.button : place).focus({ preventScroll: true });
  recolour();
  for (const chart of reader.querySelectorAll(".js-plotly-plot")) window.Plotly.Plots.resize(chart);
  drawCharts(place);
}

// Called once, when the page is there.
function listenForJudging() {
  reader.addEventListener("change", (event) => {
    const action = event.target.dataset.change;
    if (!action) return;
    visit({ action, [event.target.dataset.field]: event.target.value }, event.target);
  });
  // Gradio changes its colours at the same event, so that they are read after it.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTimeout(recolour, 100);
  });
}
