import type { Binary } from './binary.js';
import type { ProcessFacts } from './facts.js';

/** Which C library a process has, from the dynamic loader its executable asks for. */
export function libcOf(
  program: Binary | undefined,
  mapped: readonly Binary[],
): ProcessFacts['libc'] {
  const loader = program?.elf.interpreter ?? '';
  if (loader.includes('ld-musl')) {
    const bytes = mapped.find(({ path }) => path.includes('ld-musl'))?.elf.bytes;
    return {
      name: 'musl',
      version: (bytes && /\0(1\.[12]\.\d+)\0/.exec(latin1(bytes))?.[1]) ?? null,
    };
  }
  const libc = mapped.find(({ elf }) => elf.soname === 'libc.so.6');
  const banner = libc && /GNU C Library .*?release version ([\d.]+\d)/.exec(latin1(libc.elf.bytes));
  if (libc === undefined && !/\/ld(?:-linux|64)/.test(loader))
    return { name: 'unknown', version: null };
  return { name: 'glibc', version: banner?.[1] ?? null };
}

/** The C library that a library was built for; undefined: it does not say. */
export function libcNeededBy({ elf }: Binary): 'glibc' | 'musl' | undefined {
  if (elf.needed.some((name) => /^(?:libc\.so\.6|ld-linux.*)$/.test(name))) return 'glibc';
  return elf.needed.some((name) => /^(?:libc\.musl-.*|libc\.so|ld-musl.*)$/.test(name))
    ? 'musl'
    : undefined;
}

/** The newest glibc whose functions a library calls; undefined: it names none. */
export function glibcNeededBy({ elf }: Binary): string | undefined {
  const dynamic = elf.symbolTables.find((table) => table.dynamic);
  if (dynamic === undefined || elf.soname === 'libc.so.6') return undefined;
  const { start, end } = dynamic.strings;
  const versions = elf.bytes.toString('latin1', start, end).matchAll(/\0GLIBC_(2\.[\d.]+)(?=\0)/g);
  return [...versions]
    .map(([, version = '']) => version)
    .sort(compareVersions)
    .at(-1);
}

export function compareVersions(left: string, right: string): number {
  const [a, b] = [left, right].map((version) => version.split('.').map(Number)) as [
    number[],
    number[],
  ];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}
