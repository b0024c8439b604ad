import { isAllocatorFile } from '../../allocators/installed.js';
import type { EnvironmentChange } from './environment-changes.js';

/** What allocators read; GLIBC_TUNABLES and LD_PRELOAD hold other things too. */
const ofAllocators = /^(?:MALLOC_.*|.*MALLOC_CONF|MIMALLOC_.*|TCMALLOC_.*)$/;

/**
 * What takes the present choice of an allocator out of the environment, so that every candidate but
 * the present state starts from the same ground. Empty: there is no such choice.
 */
export function withoutPresentChoice(
  environment: Readonly<NodeJS.ProcessEnv>,
): EnvironmentChange[] {
  return Object.entries(environment).flatMap(([name, value = '']): EnvironmentChange[] => {
    if (ofAllocators.test(name)) return [[name, null]];
    const kept = keptPart(name, value);
    return kept === value ? [] : [[name, kept === '' ? null : kept]];
  });
}

function keptPart(name: string, value: string): string {
  if (name === 'LD_PRELOAD') {
    const files = value.split(/[ :]+/).filter(Boolean);
    return files.some(isAllocatorFile)
      ? files.filter((file) => !isAllocatorFile(file)).join(':')
      : value;
  }
  if (name === 'GLIBC_TUNABLES') {
    const tunables = value.split(':');
    return tunables.filter((tunable) => !tunable.startsWith('glibc.malloc.')).join(':');
  }
  return value;
}

export function changed(
  environment: Readonly<NodeJS.ProcessEnv>,
  changes: readonly EnvironmentChange[],
): NodeJS.ProcessEnv {
  const result = { ...environment };
  for (const [name, value] of changes) {
    if (value === null) Reflect.deleteProperty(result, name);
    else result[name] = value;
  }
  return result;
}
