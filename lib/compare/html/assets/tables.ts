export const tableStyles = `
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { padding: .3rem .5rem; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--grid); }
th { font-weight: 400; }
thead th { color: var(--soft); font-size: .8125rem; vertical-align: bottom; border-bottom-color: var(--rule); }
th:first-child, td:first-child { padding-left: 0; } th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; }
tr.recommended th[scope=row] .name { font-weight: 650; }
.name { display: inline-flex; align-items: center; gap: .5rem; overflow-wrap: anywhere; }
td small { display: block; color: var(--soft); }
td small .better { color: var(--accent); } td small .worse { color: var(--worse); }

.metrics { display: grid; gap: 2rem; }
.bars caption { text-align: left; padding-bottom: .3rem; color: var(--soft); }
.bars caption strong { display: block; color: var(--ink); font-size: 1rem; font-weight: 600; }
.bars th, .bars td { padding-top: .15rem; padding-bottom: .15rem; line-height: 1.25; }
.bars { table-layout: fixed; }
.bars th:nth-child(1) { width: 20%; } .bars th:nth-child(3) { width: 10%; } .bars th:nth-child(4) { width: 25%; }
.bars td:nth-child(4) { white-space: nowrap; }
.bars .interval { display: block; font-size: .8125rem; }
@media screen and (min-width: 60rem) { .bars .interval { display: inline-block; min-width: 9.5rem; } }
.bars .tag { display: none; }

.scrollable { overflow-x: auto; }
.runs { min-width: max-content; }
.summary th[scope=row], .runs th[scope=row] { position: sticky; left: 0; background: var(--paper); }
.summary td { white-space: nowrap; }
.summary td, .candidates td, .candidates th { vertical-align: top; }
.summary th[scope=row] { vertical-align: top; }
.runs { font-size: .8125rem; } .runs td, .runs th { white-space: nowrap; }
.candidates { table-layout: fixed; }
.candidates th:nth-child(1) { width: 22%; } .candidates th:nth-child(2) { width: 16%; }
.candidates code { display: block; overflow-wrap: anywhere; }
.candidates code + code { margin-top: .15rem; }
@media screen and (max-width: 44rem) {
  .bars, .summary { font-size: .8125rem; }
  .bars th, .bars td { padding-left: .3rem; padding-right: .3rem; }
  .bars th:nth-child(1) { width: 26%; } .bars th:nth-child(3) { width: 20%; } .bars th:nth-child(4) { width: 33%; }
  .bars .swatch, .candidates .swatch { display: none; }
  .bars .interval { font-size: .6875rem; letter-spacing: -.01em; }
  .candidates th:nth-child(1) { width: 28%; } .candidates th:nth-child(2) { width: 24%; }
  .summary { min-width: max-content; } .summary th[scope=row] { max-width: 9rem; }
}
`;
