import { show } from '../support/show.js';

/**
 * How an allocator is called in messages, and in the names of what stands in front of it. One that is written in
 * JavaScript may have any value there.
 */
export function nameOf({ name }: { readonly name: unknown }): string {
  return typeof name === 'string' ? name : show(name);
}
