import { escape } from 'allomorph/compare/html/markup/escape';
import { embeddedJson } from 'allomorph/compare/html/markup/json';
import { html } from 'allomorph/compare/html/markup/template';
import fc from 'fast-check';

/** Any characters, with more of those that mean something than there are by chance. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('<', '>', '&', '"', "'", '</script', '<!--', '&lt;', '\r\n', '\0', '\u001b['),
    ),
  )
  .map((parts) => parts.join(''));

test('nothing of a text can be markup', () => {
  fc.assert(
    fc.property(text, (value) => {
      expect(escape(value)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
      // eslint-disable-next-line no-control-regex -- control characters are what it is about
      expect(escape(value)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]/);
    }),
  );
});

test('a text without control characters reads as it was', () => {
  const plain = text.map((value) => value.replace(/\p{Cc}|\p{Bidi_Control}/gu, ''));
  fc.assert(fc.property(plain, (value) => expect(unescape(escape(value))).toBe(value)));
});

test('control characters are seen; line ends and tabs are kept', () => {
  expect(escape('a\0b\u001b[1m\u007f\u0085')).toBe('a␀b␛[1m␡\ufffd');
  expect(escape('a\r\nb\rc\n\td')).toBe('a\nb\nc\n\td');
});

test('text is shown in the order it is copied in', () => {
  expect(escape('a\u202eb\u2066')).toBe('a\ufffdb\ufffd');
});

test('a template escapes what is not markup, at any depth', () => {
  const inner = html`<b title="${'"'}">${'<'}</b>`;
  expect(html`${inner}${[inner, ['&', 1, null]]}${null}`.text).toBe(
    '<b title="&quot;">&lt;</b><b title="&quot;">&lt;</b>&amp;1',
  );
});

test('embedded JSON cannot end its element and is the same JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), text, (value, key) => {
      const embedded = embeddedJson({ [key]: value, text: key }).text;
      expect(embedded).not.toContain('<');
      expect(JSON.parse(embedded)).toEqual(JSON.parse(JSON.stringify({ [key]: value, text: key })));
    }),
  );
});

function unescape(escaped: string): string {
  const characters = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return escaped.replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: keyof typeof characters) => characters[name],
  );
}
