/** What a terminal and a pasted issue show without breaking lines. */
const columns = 100;

/**
 * Lines of at most `width` columns, of which `indent` belong to the caller for the first line and are
 * blanks in the others. A path that is longer stays whole, so that it can be copied.
 */
export function wrap(text: string, indent: number, width = columns): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && indent + last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines.map((line, index) => (index === 0 ? line : ' '.repeat(indent) + line));
}

/** `name  value`, with the values below each other. */
export function fields(rows: readonly (readonly [string, string])[], margin = ''): string {
  const column = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .map(([name, value]) => {
      const lines = wrap(value, margin.length + column);
      return `${margin}${name.padEnd(column)}${lines.join('\n')}`;
    })
    .join('\n');
}
