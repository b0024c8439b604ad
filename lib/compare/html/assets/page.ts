export const pageStyles = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 68rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word;
}
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .875em; }
code, pre, bdi, .name { unicode-bidi: isolate; }
a { color: var(--accent); }
p { margin: .5rem 0; max-width: 46rem; }
small { font-size: .925em; }
data { white-space: nowrap; }
figure { margin: 0; }

.eyebrow { margin: 0; color: var(--soft); font-size: .8125rem; letter-spacing: .04em; }
h1 { margin: .15rem 0 .6rem; font-size: 1.6rem; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
h1 code { font-size: 1em; }
h2 { margin: 0 0 .5rem; font-size: 1.2rem; font-weight: 650; line-height: 1.3; }
h3 { margin: 1.75rem 0 .75rem; font-size: 1rem; font-weight: 600; }
section { margin-top: 3rem; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
.meta { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; max-width: none; margin: 0; color: var(--soft); font-size: .875rem; }
.note, .aside { color: var(--soft); font-size: .875rem; }
.note { margin: 0 0 1.25rem; }
.none { color: var(--soft); }
.notice { margin-top: 1.25rem; padding: .6rem .9rem; border-left: 3px solid var(--worse); background: var(--panel); }

.verdict { margin-top: 2rem; padding: 1.4rem 1.5rem 1.5rem; border: 1px solid var(--rule); border-left: 4px solid var(--accent); background: var(--panel); }
.verdict.keep, .verdict.unknown { border-left-color: var(--hue-0); }
.verdict h2 { font-size: .8125rem; font-weight: 600; color: var(--soft); letter-spacing: .04em; }
.sentence { margin: 0 0 1rem; font-size: 1.3rem; line-height: 1.4; max-width: 44rem; }
.copyable { display: flex; align-items: stretch; margin: 0 0 .75rem; border: 1px solid var(--rule); background: var(--paper); }
.copyable pre { flex: 1; min-width: 0; margin: 0; padding: .65rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.copyable button { min-width: 5.5rem; border: 0; border-left: 1px solid var(--rule); background: transparent; color: var(--accent); font: 600 .875rem/1 system-ui, sans-serif; cursor: pointer; }
.copyable button:hover { background: var(--panel); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 1.1rem 1.5rem; margin: 1.4rem 0 0; padding-top: 1.1rem; border-top: 1px solid var(--rule); }
.key-figures dt { font-size: .875rem; }
.key-figures dd { margin: 0; font-size: .8125rem; }
.key-figures dd.main { font-size: 1.35rem; line-height: 1.4; font-weight: 600; }
.key-figures .noise { font-size: 1rem; font-weight: 400; line-height: 1.9rem; }

.better { color: var(--accent); } .worse { color: var(--worse); }
.noise, .interval { color: var(--soft); }
.tag { display: inline-block; padding: 0 .4em; border: 1px solid currentColor; border-radius: 2px; font-size: .6875rem; font-weight: 500; line-height: 1.35; vertical-align: .1em; color: var(--soft); white-space: nowrap; }
.tag.recommended { color: var(--accent); }
.tag.failed { color: var(--failed); }
.failure pre { margin: .5rem 0 0; padding: .8rem 1rem; max-height: 24rem; overflow: auto; border-left: 3px solid var(--failed); background: var(--panel); font-size: .8125rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.fields { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .3rem 1.25rem; margin: 0; font-size: .9375rem; }
.fields dt { color: var(--soft); } .fields dd { margin: 0; overflow-wrap: anywhere; }
details summary { cursor: pointer; margin-bottom: .75rem; }
code.aside { font-size: .875em; }
.pair { display: grid; gap: 0 2.5rem; }
@media (min-width: 60rem) { .pair { grid-template-columns: 1fr 1fr; } }
@media screen and (max-width: 44rem) {
  body { padding: 1.25rem 1rem 3rem; }
  h1 { font-size: 1.2rem; } .sentence { font-size: 1.1rem; } .verdict { padding: 1rem; }
  .key-figures { grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); }
}
`;
