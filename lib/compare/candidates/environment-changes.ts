import { places } from '../../native/addon.js';
import type { Changes } from '../../process/plan.js';

/** One variable of the program's environment; null takes it away. */
export type EnvironmentChange = readonly [name: string, value: string | null];

/**
 * The launcher's changes with the values that they come to; the order stays, as the guard relies on
 * it. The same rules as in native/platform/linux_exec.cc.
 */
export function resolveChanges(
  changes: Changes,
  environment: Readonly<NodeJS.ProcessEnv>,
): EnvironmentChange[] {
  return changes.map(([name, text, separator, place]) => {
    const theirs = environment[name];
    if (theirs === undefined || place === places.last) return [name, text];
    if (place === places.ifAbsent) return [name, theirs];
    if (place === places.behind) return [name, theirs + separator + text];
    return [name, theirs === '' ? text : text + separator + theirs];
  });
}
