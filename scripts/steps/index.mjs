import { jemallocStep } from './jemalloc.mjs';
import { addonStep } from './addon.mjs';
import { stageStep } from './stage.mjs';
import { typescriptStep } from './typescript.mjs';

/**
 * In the order they run. `in` lists the command-line targets a step belongs to: building the addon
 * without staging it would leave the package loading the previous one.
 */
export const STEPS = [
  { name: 'jemalloc', in: ['all', 'jemalloc'], run: jemallocStep },
  { name: 'addon', in: ['all', 'addon'], run: addonStep },
  { name: 'stage', in: ['all', 'addon'], run: stageStep },
  { name: 'ts', in: ['all', 'ts'], run: typescriptStep },
];
