import path from 'node:path';
import { BuildFailure } from '../support/failure.mjs';
import { readManifest } from './manifest.mjs';
import { jemallocSetting } from './setting.mjs';

/** Manifest of the built static flavour, or undefined when the addon is to be built without jemalloc. */
export function builtJemalloc(env, layout, flavour = 'static') {
  const setting = jemallocSetting(env);
  if (setting === 'off') return undefined;
  const manifest = readManifest(path.join(layout.jemalloc, flavour));
  if (manifest === undefined && setting === 'on' && flavour === 'static') {
    throw new BuildFailure('ALLOMORPH_JEMALLOC=on, but jemalloc has not been built', {
      fix: 'run first: node scripts/build.mjs jemalloc',
    });
  }
  return manifest;
}
