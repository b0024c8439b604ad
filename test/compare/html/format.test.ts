import * as format from 'allomorph/compare/html/figures/format';

test.each([
  ['megabytes', 2_446_400_000, '2446 MB'],
  ['megabytes', 412_499_999, '412 MB'],
  ['megabytes', 99_960_000, '100 MB'],
  ['megabytes', 56_340_000, '56.3 MB'],
  ['megabytes', 0, '0 MB'],
  ['gigabytes', 16_723_456_000, '16.7 GB'],
  ['seconds', 1.734, '1.73 s'],
  ['seconds', 0.4914, '0.491 s'],
  ['milliseconds', 0.0123, '12.3 ms'],
  ['perSecond', 8210.4, '8210/s'],
  ['perSecond', 123_456.7, '123 457/s'],
  ['count', 1_234_567, '1 234 567'],
  ['percent', 0.968, '96.8%'],
  ['change', -0.4519, '−45.2%'],
  ['change', 0.061, '+6.1%'],
  ['change', 1.5, '+150%'],
  ['change', 0.0001, '0.0%'],
  ['change', -0.0001, '0.0%'],
  ['changeWithoutUnit', -0.4519, '−45.2'],
] as const)('%s of %p', (name, value, expected) => {
  expect(format[name](value).replace(/[\u00a0\u202f]/g, ' ')).toBe(expected);
});
