import { addon } from '../../native/load.js';

/** `off` makes this package behave as in a runtime without external ArrayBuffers. */
export const externalVariable = 'ALLOMORPH_EXTERNAL_BUFFERS';

let allowed: boolean | undefined;

/**
 * Whether ArrayBuffers may lie over memory of an allocator: not in Electron and in builds with V8's
 * sandbox. Found out once for each thread, by trying.
 */
export function allowsExternal(): boolean {
  allowed ??= process.env[externalVariable] !== 'off' && addon.memory.allowsExternal();
  return allowed;
}
