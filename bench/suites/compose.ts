import { caseFile } from '../harness/layout.js';
import type { Case, Suite } from '../harness/suite.js';

const blocks = ['limited', 'counted', 'failing', 'segregated', 'fallback', 'bump', 'logged'];
const doors = [
  { form: 'native', door: 'unsafe' },
  { form: 'native', door: 'checked' },
  { form: 'JavaScript', door: 'unsafe' },
  { form: 'JavaScript', door: 'checked' },
];

/** What a building block adds to what it stands over: each against the same door without it. */
export function composeSuite(): Suite {
  return {
    name: 'compose',
    operation: 'ns per allocate + deallocate of 64 bytes, alignment 16',
    control: { name: 'control', sameAs: nameOf('none', 'native', 'unsafe') },
    cases: [
      ...doors.flatMap(({ form, door }) => [
        makeCase('none', form, door),
        ...blocks.map((block) =>
          makeCase(block, form, door, { reference: nameOf('none', form, door) }),
        ),
      ]),
      makeCase('none', 'native', 'unsafe', { name: 'control' }),
    ],
  };
}

function makeCase(block: string, form: string, door: string, more: Partial<Case> = {}): Case {
  return {
    name: nameOf(block, form, door),
    file: process.execPath,
    args: [caseFile('compose'), block, form, door],
    ...more,
  };
}

function nameOf(block: string, form: string, door: string): string {
  return `${form}, ${door}: ${block}`;
}
