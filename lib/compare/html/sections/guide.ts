import { html, type Markup } from '../markup/template.js';

export function guideSection(): Markup {
  return html`<section aria-labelledby="guide">
    <h2 id="guide">How to read it</h2>
    <p>
      Every candidate ran the same command several times; the <em>median</em> is the run in the
      middle, half were lower and half higher, and a <em>band</em> or a whisker shows how far the
      runs lay apart.
    </p>
    <p>
      A difference is given with its 95% <em>confidence interval</em>, found by drawing from the
      runs again and again; one that is small, or not clearly greater than the runs differ among
      themselves, is inside the noise and counts as none.
    </p>
    <p>
      Memory is what is resident (<em>RSS</em>), summed over the program and its descendants, in MB
      of 1 000 000 bytes; <em>Pss</em>, the proportional share, counts a page that n processes map
      as 1/n in each, so that its sum counts nothing twice.
    </p>
  </section>`;
}
