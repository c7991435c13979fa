// What others put on the page: Gradio, by way of bridge.js, and Plotly.

type ServerFunctions = Record<string, (request: object) => Promise<unknown>>;
type Connection = { element: HTMLElement; server: ServerFunctions };

declare const element: HTMLElement;
declare const server: ServerFunctions;

type Colours = { ink: string; card: string; line: string };
type Trace = { marker: { colors: string[] }; insidetextfont: { color: string[] } };
type Layout = { font?: object } & Record<string, unknown>;
type TreemapClick = { points: { customdata?: [string, number, number] | [] }[]; nextLevel?: string };

/** An element that Plotly has drawn in. */
interface Chart extends HTMLElement {
  data: Trace[];
  layout: Layout;
  _fullLayout?: object;
  on(name: "plotly_treemapclick", listen: (event: TreemapClick) => boolean): void;
}

interface Plotly {
  newPlot(chart: HTMLElement, data: Trace[], layout: Layout, settings: object): Promise<void>;
  purge(chart: HTMLElement): void;
  restyle(chart: HTMLElement, changes: object): void;
  relayout(chart: HTMLElement, changes: object): void;
  Plots: { resize(chart: HTMLElement): void };
}

interface Window {
  citewell?: Connection;
  Plotly: Plotly;
}
