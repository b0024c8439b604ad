import { installedLibraries } from '../../allocators/installed.js';
import { jemalloc } from '../../allocators/jemalloc.js';
import { addon } from '../../native/load.js';
import { now, type Spec } from './spec.js';

const spec = (allocator: string, preset: Spec['preset'], conf?: string, label?: string): Spec => ({
  label,
  allocator,
  preset,
  conf,
});

/**
 * Without `--with`: the present state, the C library, also with the arena limit that is so often
 * recommended, jemalloc as it comes and with our presets, and what else is installed.
 */
export function defaultSpecs(): Spec[] {
  return [spec(now, null), ...ofLibc(), ...ofJemalloc(), ...installed()];
}

function ofLibc(): Spec[] {
  const plain = spec('system', null);
  if (addon.libc().name !== 'glibc') return [plain];
  return [plain, spec('system', null, 'glibc.malloc.arena_max=2', 'glibc arena_max 2')];
}

function ofJemalloc(): Spec[] {
  if (!jemalloc.available) return [];
  return ([null, 'balanced', 'memory', 'throughput'] as const).map((preset) =>
    spec('jemalloc', preset),
  );
}

function installed(): Spec[] {
  const names = new Set(installedLibraries().map(({ name }) => name));
  names.delete('jemalloc'); // ours, above
  return [...names].map((name) => spec(name, 'balanced'));
}
