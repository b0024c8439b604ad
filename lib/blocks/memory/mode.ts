import { AllomorphError } from '../../errors/error.js';
import { addon } from '../../native/load.js';
import { variable } from '../../support/environment.js';
import { show } from '../../support/show.js';

/** `off`, its one value, makes this package behave as in a runtime without external ArrayBuffers. */
export const externalVariable = 'ALLOMORPH_EXTERNAL_BUFFERS';

let allowed: boolean | undefined;

/**
 * Whether ArrayBuffers may lie over memory of an allocator: not in Electron and in builds with V8's
 * sandbox. Found out once for each thread, by trying.
 * @throws ERR_ALLOMORPH_INVALID_ARGUMENT for another value of the variable
 */
export function allowsExternal(): boolean {
  allowed ??= !isTurnedOff() && addon.memory.allowsExternal();
  return allowed;
}

function isTurnedOff(): boolean {
  const value = variable(externalVariable);
  if (value === undefined || value === 'off') return value === 'off';
  throw new AllomorphError(
    'ERR_ALLOMORPH_INVALID_ARGUMENT',
    `${externalVariable} is ${show(value)}. Its one value is "off"; unset it for what the runtime allows.`,
    { [externalVariable]: value },
  );
}
