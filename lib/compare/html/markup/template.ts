import { escape } from './escape.js';

/** What stands between the parts of a template; text is escaped, null is nothing. */
export type Content = Markup | string | number | null | readonly Content[];

/** HTML or SVG that is safe as it is, having been made by `html`. */
export class Markup {
  constructor(readonly text: string) {}
}

/** The only way to make markup of values: what is not markup already is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  const text = parts.map((part, index) => part + textOf(values[index] ?? null));
  return new Markup(text.join(''));
}

function textOf(content: Content): string {
  if (content === null) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string') return escape(content);
  if (typeof content === 'number') return String(content);
  return content.map(textOf).join('');
}
