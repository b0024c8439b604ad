/**
 * Colours. Text has a contrast of 4.5 or more on both backgrounds, lines of 3 or more. The hues
 * were searched for so that any two are as far apart as they can be, in OKLab, for people who see
 * all colours and for those who see two (after Machado, Oliveira and Fernandes, 2009).
 */
export const themeStyles = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f6f7f8; --ink: #191d21; --soft: #59626b; --rule: #d8dde2; --grid: #e8ebee;
  --accent: #0b62a4; --worse: #a8450b; --failed: #a11d2c;
  --hue-0: #5d666f; --hue-1: #10359d; --hue-2: #861101; --hue-3: #309c7f;
  --hue-4: #a775d3; --hue-5: #ad5a0e; --hue-6: #5d2f5f; --hue-7: #2d66b8;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14171a; --panel: #1c2024; --ink: #e6e9ec; --soft: #a0a9b2; --rule: #363d44; --grid: #262b30;
    --accent: #6cb6f5; --worse: #f59a5b; --failed: #ff8d97;
    --hue-0: #a6b0b9; --hue-1: #0e99fd; --hue-2: #ed5c24; --hue-3: #74f3b5;
    --hue-4: #805bac; --hue-5: #f9b401; --hue-6: #c8182c; --hue-7: #578a85;
  }
}
.hue-0 { --hue: var(--hue-0); } .hue-1 { --hue: var(--hue-1); } .hue-2 { --hue: var(--hue-2); }
.hue-3 { --hue: var(--hue-3); } .hue-4 { --hue: var(--hue-4); } .hue-5 { --hue: var(--hue-5); }
.hue-6 { --hue: var(--hue-6); } .hue-7 { --hue: var(--hue-7); }
.dash-0 { --dash: none; } .dash-1 { --dash: 7 3; } .dash-2 { --dash: 2 2.5; } .dash-3 { --dash: 8 3 2 3; }
`;
