import { Markup } from './template.js';

/**
 * JSON as the content of a script element, where entities mean nothing and `</script` and `<!--` end
 * or change everything. No `<` can occur outside a string, and inside one it may be written so.
 */
export function embeddedJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/</g, '\\u003c'));
}
