/** A TypeScript module of some size, with what its compilers have to take away or to rewrite. */
export function typescriptSource(classes) {
  const parts = Array.from({ length: classes }, (_, index) => classSource(index));
  return `import type { Readable } from 'node:stream';\n${parts.join('\n')}`;
}

function classSource(index) {
  return `
export interface Options${index} { readonly size?: number; stream: Readable | null }
enum State${index} { Idle, Busy = 'busy', Done = 'done' }
export abstract class Item${index}<T extends object = Options${index}> {
  static #count = ${index};
  declare readonly kind: 'item';
  constructor(protected readonly options: T, private state: State${index} = State${index}.Idle) {}
  abstract describe(): string;
  get name(): string { return \`item \${this.options?.['name' as keyof T] ?? Item${index}.#count}\`; }
  async *entries(): AsyncGenerator<[string, T], void, unknown> {
    for (const [key] of Object.entries(this.options)) yield [key, this.options!] satisfies [string, T];
  }
}`;
}
