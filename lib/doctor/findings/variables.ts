import { isConfVariable } from '../facts/environment.js';
import type { Facts } from '../facts/facts.js';
import { invalidPairs } from '../../process/settings/jemalloc-conf.js';
import type { Rule } from './finding.js';

/** Never "remove it" nor "set it": both were measured, on different programs. */
export const arenaMax: Rule = ({ environment, malloc }) => {
  const value = environment['MALLOC_ARENA_MAX'] ?? tunable(environment);
  if (value === undefined || malloc.name !== 'glibc') return [];
  return [
    {
      id: 'arena-max-set',
      severity: 'info',
      title: 'The number of arenas of glibc is limited',
      reason:
        'It helps some programs and does nothing for others (growi#11411); in our burst test the idle ' +
        'process kept 18 times as much memory with it.',
      fix: 'Measure your own program with and without it: allomorph compare -- COMMAND.',
      evidence: `MALLOC_ARENA_MAX or glibc.malloc.arena_max is ${value}`,
    },
  ];
};

function tunable(environment: Facts['environment']): string | undefined {
  return /(?:^|:)glibc\.malloc\.arena_max=([^:]*)/.exec(environment['GLIBC_TUNABLES'] ?? '')?.[1];
}

/** The name of jemalloc's variable changes with the prefix it was compiled with. */
export const unread: Rule = ({ environment, unreadVariables, malloc, binaries }) =>
  unreadVariables.map((name) => {
    const readers = confVariables(binaries);
    const alternatives = isConfVariable(name) && readers.length > 0;
    return {
      id: 'variable-unread',
      severity: 'warning',
      title: `${name} is set, and nothing reads it`,
      reason: isConfVariable(name)
        ? 'The name of this variable is compiled into each jemalloc, with its prefix: MALLOC_CONF, ' +
          '_RJEM_MALLOC_CONF… (lighthouse#2195). Another name is ignored without a word.'
        : 'It configures an allocator that is neither loaded here nor part of an addon below the folder.',
      fix: alternatives
        ? `What is here reads ${readers.join(', ')}.`
        : 'Remove it, or start the program on the allocator it is meant for: allomorph run -- COMMAND….',
      evidence: `${name}=${environment[name] ?? ''}; malloc is ${malloc.name}`,
    };
  });

/** Not that of this package's own jemalloc: whoever means that one knows its name. */
function confVariables(binaries: Facts['binaries']): string[] {
  const names = new Set(binaries.flatMap((binary) => binary.confVariables));
  names.delete('ALLOMORPH_JE_MALLOC_CONF');
  return [...names];
}

/** jemalloc prints "Invalid conf pair" and goes on without the entry. */
export const confInvalid: Rule = ({ environment, unreadVariables }) =>
  Object.entries(environment)
    .filter(([name]) => isConfVariable(name) && !unreadVariables.includes(name))
    .flatMap(([name, value]) =>
      invalidPairs(value).map(({ text, reason }) => ({
        id: 'conf-invalid',
        severity: 'warning',
        title: `${name} has an entry that jemalloc does not understand`,
        reason:
          'jemalloc writes "Invalid conf pair" or "Malformed conf string" to stderr and ignores it, ' +
          'after a malformed one all that follow.',
        fix: `Correct or remove ${text} in ${name}; the options are in jemalloc(3).`,
        evidence: reason,
      })),
    );
