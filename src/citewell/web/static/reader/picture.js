// The picture of a page beside the text of its document, with the passage and the marks on it.
import { all, maybe, one } from "../shared/dom.js";
import { reader, root } from "../shared/frame.js";
import { gettext } from "../shared/messages.js";
import { nameOf, pageMeant, resolutionFor, turned, zoomed } from "./pages.js";
import { Sheets } from "./sheets.js";

const SVG = "http://www.w3.org/2000/svg";
const wide = matchMedia("(min-width: 1100px)");

/** @typedef {[page: number, left: number, top: number, right: number, bottom: number]} Rectangle */

/**
 * The picture of the document that is open.
 * @type {{ area: HTMLElement, sheets: Sheets, labels: Record<string, string>, passage: Rectangle[], marks: Rectangle[][],
 *   page: number, count: number, zoom: number, width: number, mark: number, asked: number } | null}
 */
let open = null;

/**
 * Whether pages are shown as pictures, if the reader has said so; else they are beside the text, where there is room.
 * @type {boolean | null}
 */
let chosen = null;

/** Make the picture of a document that has just been shown, if it has pages. */
export function openPicture() {
  open?.sheets.drop();
  const area = maybe(reader, ".cw-picture");
  open = null;
  if (!area) return;
  const { path = "", page, labels = "{}", rectangles = "{}" } = area.dataset;
  const { passage = [], marks = [] } = JSON.parse(rectangles);
  open = {
    area,
    sheets: new Sheets(path),
    labels: JSON.parse(labels),
    passage,
    marks,
    page: Number(page),
    count: 0,
    zoom: 1,
    width: 0,
    mark: -1,
    asked: 0,
  };
  show(chosen ?? wide.matches);
}

/** Whether the picture is to be seen. */
function isShown() {
  return Boolean(open?.area.isConnected && !open.area.hidden);
}

/** @param {boolean} on */
function show(on) {
  if (!open) return;
  open.area.hidden = !on;
  one(reader, "[data-picture]").setAttribute("aria-pressed", String(on));
  if (on) draw();
}

/** Show the picture, or hide it. */
export function switchPicture() {
  const inside = open?.area.contains(document.activeElement);
  chosen = !isShown();
  show(chosen);
  if (chosen) one(reader, ".cw-sheet").focus({ preventScroll: true });
  // What is hidden keeps no focus, and then no key would work.
  else if (inside) focusText();
}

/** Go from the picture to the text. */
export function goToText() {
  if (!wide.matches && isShown()) {
    chosen = false;
    show(false);
  }
  focusText();
}

function focusText() {
  (maybe(reader, ".cw-place") ?? one(reader, ".cw-reader-text")).focus({ preventScroll: true });
}

/**
 * Show the page of a mark of the text.
 * @param {HTMLElement} mark
 */
export function showMark(mark) {
  if (!open) return;
  open.mark = all(reader, ".cw-reader-text mark").indexOf(mark);
  const first = open.marks[open.mark]?.[0];
  if (first) open.page = first[0];
  if (isShown()) draw();
}

/**
 * Show the page of a place in the text.
 * @param {HTMLElement} at
 */
export function showPlaceOnPage(at) {
  const before = all(reader, ".cw-located[data-page]").filter(
    (each) => each.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING,
  );
  const page = Number(before.at(-1)?.dataset.page);
  if (page) turnTo(page);
}

/** @param {number} page */
function turnTo(page) {
  if (!open || page === open.page) return;
  open.page = page;
  if (isShown()) draw();
}

/**
 * Show another page, and its text.
 * @param {number} by
 */
export function turn(by) {
  if (open) leafTo(turned(open.page, by, open.count));
}

/** @param {number} page */
function leafTo(page) {
  turnTo(page);
  const label = maybe(reader, `.cw-located[data-page="${page}"]`);
  if (!label?.offsetParent) return;
  const text = one(reader, ".cw-reader-text");
  text.scrollTop += label.getBoundingClientRect().top - text.getBoundingClientRect().top - 8;
}

/**
 * Show the page wider or narrower.
 * @param {number} by 0 is as wide as its area.
 */
export function zoom(by) {
  if (!open) return;
  open.zoom = zoomed(open.zoom, by);
  draw();
}

// The last page that is asked for is the one that is shown.
async function draw() {
  if (!open) return;
  const now = open;
  const { area, page } = now;
  now.asked += 1;
  const mine = now.asked;
  say();
  const sheet = one(area, ".cw-sheet");
  const room = sheet.clientWidth - 20;
  const dpi = resolutionFor(room * now.zoom * devicePixelRatio, now.width);
  const got = await now.sheets.get(page, dpi);
  if (now !== open || mine !== now.asked) return;
  one(area, ".cw-picture-says").textContent = typeof got === "string" ? got : "";
  const paper = one(area, ".cw-paper");
  if (typeof got === "string") {
    paper.replaceChildren();
    return;
  }
  now.count = got.count;
  now.width = got.width;
  say();
  paper.style.width = `${room * now.zoom}px`;
  const picture = new Image();
  picture.alt = gettext("Picture of %(page)s. Its text is beside it: press T.", {
    page: nameOf(page, now.labels, now.count),
  });
  picture.src = got.address;
  const marks = markedOn(got.width, got.height);
  await picture.decode().catch(() => undefined);
  if (now !== open || mine !== now.asked) return;
  paper.replaceChildren(picture, marks);
  reveal(sheet, marks);
}

// The page by its number and label, and whether there is another.
function say() {
  if (!open) return;
  const { area, page, labels, count } = open;
  one(area, ".cw-page", HTMLInputElement).value = labels[page] ?? String(page);
  const nth = labels[page] && labels[page] !== String(page) ? `(${page}) ` : "";
  one(area, ".cw-page-count").textContent = count ? nth + gettext("of %(count)s", { count }) : "";
  one(area, '[data-turn="-1"]', HTMLButtonElement).setAttribute("aria-disabled", String(page <= 1));
  one(area, '[data-turn="1"]', HTMLButtonElement).setAttribute("aria-disabled", String(count > 0 && page >= count));
}

/**
 * @param {number} width
 * @param {number} height
 */
function markedOn(width, height) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", `0 0 ${width} ${height}`);
  drawn.setAttribute("preserveAspectRatio", "none");
  drawn.setAttribute("aria-hidden", "true");
  if (!open) return drawn;
  drawn.append(...open.passage.flatMap((each) => rectangle(each, "cw-on-page")));
  for (const [nth, mark] of open.marks.entries()) {
    const kind = nth === open.mark ? "cw-mark-on-page cw-current" : "cw-mark-on-page";
    drawn.append(...mark.flatMap((each) => rectangle(each, kind)));
  }
  return drawn;
}

/**
 * @param {Rectangle} box
 * @param {string} kind
 * @returns {SVGElement[]} Nothing if it is on another page.
 */
function rectangle([page, left, top, right, bottom], kind) {
  if (page !== open?.page) return [];
  const drawn = document.createElementNS(SVG, "rect");
  // A little around the letters.
  const sides = { x: left - 8, y: top - 8, width: right - left + 16, height: bottom - top + 16 };
  for (const [side, value] of Object.entries(sides)) drawn.setAttribute(side, String(value));
  drawn.setAttribute("class", kind);
  return [drawn];
}

// Scroll to the current mark, else to the passage, else to the top.
/**
 * @param {HTMLElement} sheet
 * @param {SVGElement} drawn
 */
function reveal(sheet, drawn) {
  const target = drawn.querySelector(".cw-current") ?? drawn.querySelector(".cw-mark-on-page, .cw-on-page");
  if (!target) {
    sheet.scrollTop = 0;
    return;
  }
  const box = target.getBoundingClientRect();
  const area = sheet.getBoundingClientRect();
  sheet.scrollTop += box.top - area.top - sheet.clientHeight / 3;
  sheet.scrollLeft += box.left - area.left - sheet.clientWidth / 3;
}

/** @type {Record<string, () => void>} */
const KEYS = {
  "+": () => zoom(1),
  "=": () => zoom(1),
  "-": () => zoom(-1),
  0: () => zoom(0),
  PageDown: () => turn(1),
  PageUp: () => turn(-1),
  Home: () => leafTo(1),
  End: () => leafTo(open?.count || open?.page || 1),
  t: goToText,
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (!open || event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (!target || !reader.contains(target) || target instanceof HTMLInputElement) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "p") switchPicture();
  else if (!target.closest(".cw-picture")) return;
  else if (isSideways(key, target)) turn(key === "ArrowRight" ? 1 : -1);
  else if (KEYS[key]) KEYS[key]();
  else return;
  event.preventDefault();
}

// Where the page is as wide as its area, there is nothing to scroll sideways.
/**
 * @param {string} key
 * @param {HTMLElement} target
 */
function isSideways(key, target) {
  return (key === "ArrowRight" || key === "ArrowLeft") && target.scrollWidth <= target.clientWidth;
}

/** @param {Event} event */
function typed(event) {
  const field = event.target;
  if (!open || !(field instanceof HTMLInputElement) || !field.classList.contains("cw-page")) return;
  const page = pageMeant(field.value, open.labels, open.count);
  if (page) leafTo(page);
  else
    one(open.area, ".cw-picture-says").textContent = gettext("There is no page “%(page)s”.", {
      page: field.value,
    });
}

/** Listen to the keys and the fields of the picture, to the width of the window, and to figures that do not come. */
export function listenToPicture() {
  root.addEventListener("keydown", pressed);
  root.addEventListener("change", typed);
  wide.addEventListener("change", () => open && show(chosen ?? wide.matches));
  addEventListener("resize", () => isShown() && draw());
  root.addEventListener(
    "error",
    (event) => {
      const figure = event.target instanceof HTMLImageElement && event.target.closest(".cw-figure");
      if (figure)
        figure.textContent = event.target.alt
          ? gettext("Picture not shown: %(words)s.", { words: event.target.alt })
          : gettext("Picture not shown.");
    },
    true,
  );
}
