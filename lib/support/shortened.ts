/** At most that many characters; the last one of them tells that there were more. */
export function shortened(text: string, most: number): string {
  const characters = Array.from(text);
  if (characters.length <= most) return text;
  return most < 1 ? '' : `${characters.slice(0, most - 1).join('')}…`;
}
