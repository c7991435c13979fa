// How good the answers are, in the place of the reader. What was being looked at is kept while a source is open over it.
let plotly = null;
let judged = null;

function asked(request) {
  return called("judge", request);
}

// A request is what a button says, with what the fields around it say.
function requestOf(button) {
  const request = { action: button.dataset.judge };
  for (const field of button.closest(".cw-view")?.querySelectorAll("[data-field]") || []) request[field.dataset.field] = field.value;
  for (const name of ["set", "run", "other", "key"]) if (button.dataset[name]) request[name] = button.dataset[name];
  if (button.dataset.feedback) request.feedback = Number(button.dataset.feedback);
  return request;
}

async function judge(button) {
  const action = button.dataset.judge;
  if (action === "back") return returnToJudging();
  if (action === "show") {
    opener = button;
    reader.innerHTML = await asked({ action });
    tend(reader, () => judge(button));
    if (!reader.querySelector("[data-close]")) reader.insertAdjacentHTML("beforeend", closing);
    reader.hidden = false;
    root.dataset.reader = "open";
    reader.querySelector("[data-close]").focus({ preventScroll: true });
    return settle();
  }
  button.disabled = true;
  const html = await asked(requestOf(button));
  button.disabled = false;
  view(html);
}

function view(html) {
  const place = reader.querySelector(".cw-view");
  if (!place) return;
  place.innerHTML = html;
  place.scrollTop = 0;
  // After a restart nothing is being asked, and what was decided is.
  tend(place, async () => view(await asked({ action: "runs" })));
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

function follow(place) {
  const running = place.querySelector("[data-running]");
  if (running) setTimeout(async () => running.isConnected && watchAsking(running), POLL);
}

async function watchAsking(running) {
  const html = await asked({ action: "progress" });
  if (running.isConnected) view(html);
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

function inColours(layout) {
  const of = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const hover = { bgcolor: of("--cw-card"), bordercolor: of("--cw-line"), font: { color: of("--cw-ink") } };
  return { ...layout, font: { ...layout.font, color: of("--cw-ink") }, hoverlabel: hover };
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
    if (!chart.isConnected) continue;
    const { data, layout } = JSON.parse(chart.dataset.figure);
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
async function showOver(coming, button = opener) {
  const panel = document.createDocumentFragment();
  const kept = { panel, button, opener, top: reader.querySelector(".cw-view").scrollTop };
  await coming;
  if (!reader.querySelector(".cw-view")) return;
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
  reader.replaceChildren(judged.panel);
  const place = reader.querySelector(".cw-view");
  place.scrollTop = judged.top;
  follow(place);
  (judged.button?.isConnected ? judged.button : reader.querySelector("[data-close]")).focus({ preventScroll: true });
  for (const chart of reader.querySelectorAll(".js-plotly-plot")) window.Plotly.Plots.resize(chart);
}

// Called once, when the page is there.
function listenForJudging() {
  reader.addEventListener("change", async (event) => {
    const action = event.target.dataset.change;
    if (action) view(await asked({ action, [event.target.dataset.field]: event.target.value }));
  });
  // Gradio changes its colours at the same event, so that they are read after it.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTimeout(() => {
      for (const chart of reader.querySelectorAll(".js-plotly-plot")) window.Plotly.relayout(chart, inColours(chart.layout));
    }, 100);
  });
}
