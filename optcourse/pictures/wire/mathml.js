// Mathematics on a page without Python: each $source$ becomes the MathML that the page was saved with.

/**
 * Put the MathML of each $source$ in its place. A choice that is nothing but a formula is called by its source, as
 * MathML names no control.
 * @param {Record<string, string>} formulas
 * @param {Element} element
 */
export function typesetWith(formulas, element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (node instanceof Text && !node.parentElement?.closest("code, pre, math")) texts.push(node);
  for (const text of texts) {
    const parts = text.data.split(/(\$[^$]+\$)/).filter(Boolean);
    if (!parts.some((part) => formulas[part])) continue;
    const input = text.parentElement?.closest("label")?.querySelector("input");
    if (input && parts.every((part) => formulas[part] || !part.trim())) input.ariaLabel = text.data.replaceAll("$", "").trim();
    text.replaceWith(...parts.map((part) => (formulas[part] ? document.createRange().createContextualFragment(formulas[part]) : part)));
  }
}
