/** Copying needs a script; everything else works without. */
export const script = `
for (const box of document.querySelectorAll('.copyable')) {
  const button = box.querySelector('button');
  const code = box.querySelector('code');
  button.hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
`;
