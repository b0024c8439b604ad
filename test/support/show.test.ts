import { inspect } from 'node:util';
import { show } from 'allomorph/support/show';

const throws = () => {
  throw new Error('foreign');
};

test.each<[unknown, string]>([
  ['text', "'text'"],
  [5, '5 (number)'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ a: { b: 1 } }, '{ a: [Object] }'],
  [{ [inspect.custom]: throws }, '[object Object]'],
  [{ [inspect.custom]: throws, [Symbol.toStringTag]: 'Tagged' }, '[object Tagged]'],
])('%p is shown as %s', (value, shown) => {
  expect(show(value)).toBe(shown);
});

test('a value whose own methods all throw is shown all the same', () => {
  const both = Object.defineProperty({ [inspect.custom]: throws }, Symbol.toStringTag, {
    get: throws,
  });
  expect(show(both)).toBe('[not to be shown]');
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(show(proxy)).toBe('<Revoked Proxy>');
});
