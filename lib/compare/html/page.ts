import type { Comparison } from '../document/index.js';
import { quote } from '../../support/shell.js';
import { script } from './assets/script.js';
import { styles } from './assets/styles.js';
import { embeddedJson } from './markup/json.js';
import { html, Markup } from './markup/template.js';
import { policy } from './policy.js';
import { seriesOf } from './plot/series.js';
import { candidatesSection } from './sections/candidates.js';
import { environmentSection } from './sections/environment.js';
import { failuresSection } from './sections/failures.js';
import { guideSection } from './sections/guide.js';
import { header } from './sections/header.js';
import { loadSection } from './sections/load.js';
import { memorySection } from './sections/memory.js';
import { metricsSection } from './sections/metrics.js';
import { planSection } from './sections/plan.js';
import { runsSection } from './sections/runs.js';
import { summarySection } from './sections/summary.js';
import { verdictSection } from './sections/verdict.js';

/** One page, complete in itself: it can be mailed, archived and opened without a network. */
export function renderHtml(comparison: Comparison): string {
  const all = seriesOf(comparison);
  // Styles and script come whole: the policy has their hashes, to the byte.
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(styles, script)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="allomorph ${comparison.environment.allomorph}" />
        <link rel="icon" href="data:," />
        <title>${comparison.command.map(quote).join(' ')} – allomorph compare</title>
        ${new Markup(`<style>${styles}</style>`)}
      </head>
      <body>
        ${header(comparison)}
        <main>
          ${verdictSection(comparison, all)} ${memorySection(comparison, all)}
          ${metricsSection(comparison, all)} ${summarySection(comparison, all)}
          ${loadSection(comparison, all)} ${failuresSection(comparison)} ${candidatesSection(all)}
          <div class="pair">${environmentSection(comparison)} ${planSection(comparison)}</div>
          ${guideSection()} ${runsSection(comparison, all)}
        </main>
        <script type="application/json" id="comparison">
          ${embeddedJson(comparison)}
        </script>
        ${new Markup(`<script>${script}</script>`)}
      </body>
    </html> `;
  return page.text;
}
