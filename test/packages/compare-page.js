/**
 * What is looked at in the page of a comparison; an expression for the browser, whose value is a
 * plain object.
 */
/* global document, getComputedStyle, innerWidth, NodeFilter */
(() => {
  document.querySelectorAll('details').forEach((details) => (details.open = true));
  return {
    figures: [...document.querySelectorAll('data')].map((data) => ({
      value: data.value,
      of: data.dataset.of,
      text: data.textContent,
    })),
    json: document.getElementById('comparison').textContent,
    // By the name of the candidate: the size of each of its curves that is shown.
    curves: [...document.querySelectorAll('[data-candidate]')]
      .filter((series) => series.checkVisibility())
      .map((series) => {
        const { width, height } = series.querySelector('.curve').getBoundingClientRect();
        return { name: series.dataset.candidate, width, height };
      }),
    unreadable: texts().filter(({ contrast }) => contrast < 4.5),
    texts: texts().length,
    overflow: document.documentElement.scrollWidth - innerWidth,
    elements: [...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))],
  };

  function texts() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      if (walker.currentNode.data.trim() === '' || !element.checkVisibility()) continue;
      if (element.closest('title, script, style') !== null) continue;
      const style = getComputedStyle(element);
      const color = rgba(element.namespaceURI.endsWith('svg') ? style.fill : style.color);
      const contrast = ratio(luminance(over(color, ground(element))), luminance(ground(element)));
      found.push({ text: walker.currentNode.data.trim().slice(0, 40), contrast });
    }
    return found;
  }

  /** The colour behind an element. */
  function ground(element) {
    if (element === null) return [255, 255, 255, 1];
    const color = rgba(getComputedStyle(element).backgroundColor);
    return color[3] === 1 ? color : over(color, ground(element.parentElement));
  }

  function over([r, g, b, alpha], below) {
    return [r, g, b].map((each, index) => each * alpha + below[index] * (1 - alpha)).concat(1);
  }

  function rgba(color) {
    const [r, g, b, alpha = 1] = color.match(/[\d.]+/g).map(Number);
    return [r, g, b, alpha];
  }

  /** Of WCAG 2. */
  function luminance([r, g, b]) {
    const [red, green, blue] = [r, g, b].map((each) => {
      const share = each / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function ratio(a, b) {
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }
})();
