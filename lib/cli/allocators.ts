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
  return [info.name, info.version ?? '?', uses.join(', '), info.path ?? '(the C library)'];
}
