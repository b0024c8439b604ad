import { AllomorphError } from '../errors/error.js';
import { callerOrigin } from '../global/origin.js';
import { show } from '../support/show.js';

/** `1` turns tracking on from the start. */
const trackingVariable = 'ALLOMORPH_TRACK_BLOCKS';
const unknownPlace = 'an unknown place';

let tracking = process.env[trackingVariable] === '1';
const reported = new Set<string | undefined>();
const registry = new FinalizationRegistry(report);

/** @throws ERR_ALLOMORPH_INVALID_ARGUMENT: 'off' would turn it on */
export function trackSites(on: boolean): void {
  if (typeof on !== 'boolean') {
    throw new AllomorphError(
      'ERR_ALLOMORPH_INVALID_ARGUMENT',
      `Block.trackForgotten: on must be true or false, got ${show(on)}.`,
      { on },
    );
  }
  tracking = on;
}

/** Where the program is, as `file:line:column`, while tracking is on. Some microseconds. */
export function currentSite(): string | undefined {
  return tracking ? (callerOrigin() ?? unknownPlace) : undefined;
}

/** Reports `block` when the collector finds it, unless it is unwatched before. */
export function watch(block: object, site: string | undefined): void {
  registry.register(block, site, block);
}

export function unwatch(block: object): void {
  registry.unregister(block);
}

/** Once for each place; while tracking is off, once for each thread. */
function report(site: string | undefined): void {
  if (reported.has(site)) return;
  reported.add(site);
  process.emitWarning(
    site === undefined
      ? 'A Block was forgotten without free(), and freed by the collector, which may come late or never. ' +
          `Block.trackForgotten() or ${trackingVariable}=1 names the place that allocated it.`
      : `A Block allocated at ${site} was forgotten without free(), and freed by the collector, which may ` +
          'come late or never. Free it in a `finally` block, or by `using` (Node 24). This place is not reported again.',
    { type: 'AllomorphWarning', code: 'ALLOMORPH_FORGOTTEN_BLOCK' },
  );
}
