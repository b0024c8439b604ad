/**
 * Text as it can stand in an element or in a quoted attribute. Control characters, which HTML
 * forbids and terminals obey, become the pictures Unicode has for them, and what would show text in
 * another order than it is copied in, a replacement. Line ends become `\n`, as the parser would make
 * them anyway.
 */
export function escape(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[&<>"']/g, (character) => entities[character] ?? character)
    .replace(control, picture)
    .replace(reordering, '\ufffd');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** All but tab and line feed. */
// eslint-disable-next-line no-control-regex -- control characters are what it is about
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const reordering = /\p{Bidi_Control}/gu;

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
}
