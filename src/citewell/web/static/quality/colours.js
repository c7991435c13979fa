// The colours of charts, which follow the page, light or dark.

/**
 * The text colours of a map's boxes. Boxes without a fill use the text colour of the page.
 * @param {Trace} trace
 * @param {string} ink The text colour of the page.
 */
export function inks({ marker, insidetextfont }, ink) {
  return insidetextfont.color.map((own, nth) => (marker.colors[nth]?.startsWith("rgba") ? ink : own));
}

/**
 * A layout in the colours of the page.
 * @param {Layout} layout
 * @param {Colours} colours
 */
export function inColours(layout, { ink, card, line }) {
  const hover = { bgcolor: card, bordercolor: line, font: { color: ink } };
  return { ...layout, font: { ...layout.font, color: ink }, hoverlabel: hover };
}
