import { Dynamic } from './dynamic.js';
import { ElfReader } from './reader.js';
import { unlessDamaged, withFile } from './source.js';

/** Of the C library and of compilers: what everything is linked with, and no program brings along. */
const common =
  /^(?:ld-.*|lib(?:c|m|dl|rt|pthread|gcc_s|stdc\+\+|c\+\+|c\+\+abi|unwind|atomic)(?:\.musl-\w+)?)\.so(?:\.\d+)*$/;

/**
 * Whether what a library does follows from its own file: it is linked with nothing but the C library and what
 * compilers bring.
 * @throws what the file system throws
 */
export function isSelfContained(file: string): boolean {
  const needed = withFile(file, (source) =>
    unlessDamaged(() => {
      const reader = ElfReader.of(source);
      return reader === undefined ? undefined : new Dynamic(reader).needed;
    }),
  );
  return needed?.every((name) => common.test(name)) ?? false;
}
