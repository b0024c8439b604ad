import { allocators as list, type AllocatorInfo } from '../libraries/list.js';
import { parseOptions } from './options.js';
import { table } from './table.js';

/** `allomorph allocators [--json]` */
export function allocators(args: string[]): void {
  const { values } = parseOptions('allocators', args, { json: { type: 'boolean' } });
  process.stdout.write(
    values.json === true
      ? `${JSON.stringify({ schema: 1, allocators: list() }, null, 2)}\n`
      : table(['name', 'version', 'usable for', 'library'], list().map(row)),
  );
}

function row(info: AllocatorInfo): string[] {
  const uses = [
    ...(info.inProcess ? ['in-process'] : []),
    ...(info.wholeProcess ? ['whole process'] : []),
  ];
  return [info.name, version(info), uses.join(', '), info.path ?? '(the C library)'];
}

/** Of a library that was not loaded, its file name alone is known, which mostly has the version of its interface. */
function version({ version: of, builtIn }: AllocatorInfo): string {
  if (of === null) return '?';
  return builtIn ? of : `file .so.${of}`;
}
