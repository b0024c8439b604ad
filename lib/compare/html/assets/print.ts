/** Paper is light. The figures of all runs are too wide for it, and nobody reads them there. */
export const printStyles = `
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section { margin-top: 1.5rem; }
  table:not(.runs), tr, figure, article, .verdict { break-inside: avoid; }
  h2, h3, .note { break-after: avoid; }
  .copyable button, details { display: none; }
  .scrollable { overflow: visible; }
  .summary { min-width: 0; font-size: 7.5pt; }
  .summary th, .summary td { padding: .2rem .2rem; }
  .summary .tag, .summary .swatch { display: none; }
  .failure pre { max-height: none; }
  .metrics { gap: 1.25rem; }
}
`;
