// The colours of charts: those of the page, light or dark.

/**
 * The inks of a map's boxes. What stands around them is on the page's own ground, and in its ink.
 * @param {Trace} trace
 * @param {string} ink The page's own.
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
