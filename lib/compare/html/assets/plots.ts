export const plotStyles = `
svg { display: block; }
.plot { width: 100%; height: auto; overflow: visible; }
.plot text { fill: var(--soft); font-size: 12px; }
.plot.overview.wide text { font-size: 13px; }
.plot.overview.narrow { display: none; }
.grid { stroke: var(--grid); fill: none; }
.floor { stroke: var(--soft); fill: none; }
.curve { fill: none; stroke: var(--hue); stroke-width: 1.75; stroke-dasharray: var(--dash); stroke-linejoin: round; }
.dash-0 .curve { stroke-linecap: round; }
.band { fill: var(--hue); fill-opacity: .2; }
.panel .band { fill-opacity: .26; }
.baseline .curve { stroke-width: 2.25; }
.recommended .curve { stroke-width: 3; }
.curve.behind { stroke: var(--hue-0); stroke-width: 1.5; opacity: .65; }
.overview .series:hover .curve { stroke-width: 4; }
.labels .leader { stroke: var(--soft); stroke-opacity: .5; fill: none; }
.plot .labels text { fill: var(--ink); }
.labels .recommended text, .legend .recommended { font-weight: 650; }

.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin-bottom: .75rem; font-size: .875rem; }
.legend > span { display: inline-flex; align-items: center; gap: .45rem; overflow-wrap: anywhere; }
.swatch { flex: none; width: 22px; height: 8px; }
.swatch .curve { stroke-width: 2.5; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1.75rem 1.5rem; }
.panels figcaption { margin-bottom: .35rem; font-size: .875rem; }
.panels figcaption .aside { display: block; padding-left: 1.875rem; }

.bar { width: 100%; height: 24px; overflow: visible; }
.bar * { vector-effect: non-scaling-stroke; }
.bar rect { fill: var(--hue); fill-opacity: .38; stroke: none; }
.bar.noise rect { fill: none; stroke: var(--hue); }
.bar path { fill: none; }
.bar .whisker { stroke: var(--ink); stroke-width: 1.25; }
.bar .runs { stroke: var(--hue); stroke-width: 1.25; }
.bar .reference { stroke: var(--soft); stroke-dasharray: 1.5 2.5; }
@media screen and (max-width: 44rem) {
  .plot.overview.wide { display: none; }
  .plot.overview.narrow { display: block; }
}
`;
