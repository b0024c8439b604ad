import type { MallocFacts } from '../facts/facts.js';
import type { Finding, Rule } from './finding.js';

/** Applied only when the process runs on a jemalloc whose options are known. */
function ofJemalloc(
  rule: (options: NonNullable<MallocFacts['options']>, malloc: MallocFacts) => Finding[],
): Rule {
  return ({ malloc }) =>
    malloc.name === 'jemalloc' && malloc.options !== null ? rule(malloc.options, malloc) : [];
}

const variable = (malloc: MallocFacts) => malloc.confVariable ?? 'MALLOC_CONF';

/** Without it, purging happens only as a side effect of allocating. */
export const noBackgroundThread = ofJemalloc((options, malloc) =>
  options['background_thread'] === true
    ? []
    : [
        {
          id: 'jemalloc-no-background-thread',
          severity: 'warning',
          title: 'jemalloc runs without its background thread',
          reason:
            'Then freed memory is given back only while the program allocates: an idle process keeps ' +
            'the resident memory of its last burst (jemalloc#1398, #2688).',
          fix:
            `Set ${variable(malloc)}=background_thread:true before the start (allomorph run does). ` +
            'A jemalloc built without threads ignores it: call jemalloc.purge() on a timer there.',
          evidence: `background_thread is ${shown(options['background_thread'])}`,
        },
      ],
);

export const zeroDecay = ofJemalloc((options, malloc) =>
  options['dirty_decay_ms'] === 0
    ? [
        {
          id: 'jemalloc-zero-decay',
          severity: 'warning',
          title: 'jemalloc gives every freed page back at once',
          reason:
            'Each reuse is a page fault: a measured program went from 635 to 520 events a second, ' +
            'below what it did on glibc (cmssw#42387).',
          fix: `Set dirty_decay_ms:5000 in ${variable(malloc)} and measure your program with both (allomorph compare).`,
          evidence: 'dirty_decay_ms is 0',
        },
      ]
    : [],
);

export const neverPurges = ofJemalloc((options, malloc) => {
  const disabled = ['dirty_decay_ms', 'muzzy_decay_ms'].filter((key) => options[key] === -1);
  return disabled.map((key) => ({
    id: 'jemalloc-never-purges',
    severity: 'warning',
    title: 'jemalloc never gives freed memory back',
    reason: 'A decay time of -1 switches purging off: resident memory stays at its peak for good.',
    fix: `Remove ${key} from ${variable(malloc)}, or make it finite: 5000.`,
    evidence: `${key} is -1`,
  }));
});

export const hugePages: Rule = (facts) => {
  const { machine, process } = facts;
  if (machine.hugePages !== 'always' || process.hugePagesOff) return [];
  return ofJemalloc((options, malloc) =>
    options['thp'] === 'never'
      ? []
      : [
          {
            id: 'jemalloc-huge-pages',
            severity: 'warning',
            title: 'Transparent huge pages inflate the memory of jemalloc',
            reason:
              'With the kernel setting "always", one page in use can keep 2 MiB resident: a program ' +
              'went from 12 to 181 MB (jemalloc#1674).',
            fix: `Add thp:never to ${variable(malloc)} (allomorph run does), or set madvise in the kernel.`,
            evidence: `/sys/kernel/mm/transparent_hugepage/enabled is always, thp is ${shown(options['thp'])}`,
          },
        ],
  )(facts);
};

function shown(value: string | number | boolean | undefined): string {
  return value === undefined ? 'not set' : String(value);
}
