import path from 'node:path';
import {
  blockNames,
  exampleOf,
  isComposition,
  parseComposition,
} from 'allomorph/process/composition';

const parse = (text: string) => parseComposition(text, '--allocator');

describe('parseComposition', () => {
  test.each([
    ['counted:system', 'counted:', 'system'],
    ['counted:/a/b=c:d.so', 'counted:', '/a/b=c:d.so'],
    ['counted:./lib.so', 'counted:', './lib.so'],
    ['limited:bytes=512m:jemalloc', 'limited:bytes=512m:', 'jemalloc'],
    ['bump:bump:chunk=1k:system', 'bump:bump:chunk=1k:', 'system'],
    ['failing:probability=.5,seed=18446744073709551615:system', null, 'system'],
    ['checked:level=page-guard,quarantine=1g,frames=16,on-fault=abort:system', null, 'system'],
    ['limited:bytes=17179869183g:system', null, 'system'],
  ])('%s', (text, blocks, leaf) => {
    expect(parse(text)).toEqual({
      blocks: blocks ?? text.slice(0, -leaf.length),
      leaf,
      files: [],
    });
  });

  test.each([
    ['1e-6', '0.000001'],
    ['.5E-3', '.0005'],
    ['12.5e-2', '0.125'],
    ['10e-01', '1.0'],
  ])('a probability of %s is %s', (given, read) => {
    expect(parse(`failing:probability=${given}:system`).blocks).toBe(
      `failing:probability=${read}:`,
    );
  });

  test.each(blockNames)('the example for %s is of its form', (name) => {
    const example = exampleOf(name)!;
    expect(parse(example).leaf).toBe('jemalloc');
    expect(example).toMatch(new RegExp(`^${name}:`));
  });

  test('files become absolute', () => {
    expect(parse('counted:report=out.txt:logged:file=/l:x')).toEqual({
      blocks: `counted:report=${path.resolve('out.txt')}:logged:file=/l:`,
      leaf: 'x',
      files: [path.resolve('out.txt'), '/l'],
    });
  });

  test.each([
    ['nosuch:system', /no building block "nosuch"\. Valid: checked, counted/],
    ['constructor:system', /no building block "constructor"/],
    ['counted:', /the path of a library is missing\. Example: counted:jemalloc\./],
    ['counted:constructor=1:system', /counted has no option "constructor"\. Valid: report/],
    ['counted:report=:system', /report of counted is ""/],
    ['counted:report=a', /an allocator is missing behind the options of counted/],
    ['limited:system', /limited needs bytes/],
    ['limited:bytes=17179869184g:system', /bytes of limited is "17179869184g"/],
    ['limited:bytes=0:system', /bytes of limited is "0"\. .*a SIZE of at least 1/],
    ['bump:chunk=1:system', /chunk of bump is "1"\. .*a SIZE from 128 to 1024g/],
    ['bump:chunk=1025g:system', /chunk of bump is "1025g"/],
    ['limited:bytes=1M:system', /bytes of limited is "1M"/],
    ['limited:bytes=1,bytes=2:system', /the option bytes is given twice/],
    ['failing:seed=1:system', /failing needs after or probability/],
    ['failing:after=1,seed=1:system', /seed has no meaning without probability/],
    ['failing:probability=1.01:system', /probability of failing is "1\.01"/],
    ['failing:probability=20e-1:system', /probability of failing is "20e-1"/],
    ['failing:probability=1e-100:system', /probability of failing is "1e-100"/],
    ['checked:frames=17:system', /frames of checked is "17"/],
    ['checked:level=high:system', /level of checked is "high"/],
    [`${'bump:'.repeat(17)}system`, /more than 16 blocks/],
  ])('%s is refused, with the value and the form', (text, message) => {
    expect(() => parse(text)).toThrow(message);
    expect(() => parse(text)).toThrow(`--allocator is "${text}"`);
  });

  test('names and paths are none', () => {
    for (const text of ['system', '/a:b', './a:b', '../a:b', '']) {
      expect(isComposition(text)).toBe(false);
    }
    expect(isComposition('a:b')).toBe(true);
  });
});
