import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.mjs';
import { copyArtefacts, flawOf } from './manifest.mjs';

/**
 * The user's cache, `{ tarballs, builds, temporary }`, or undefined when it cannot be written:
 * everything works without it, only slower.
 */
export function openCache(env, say) {
  try {
    const folder = cacheFolder(env);
    const cache = {
      tarballs: path.join(folder, 'tarballs'),
      builds: path.join(folder, 'builds'),
      temporary: path.join(folder, 'tmp'),
    };
    mkdirSync(cache.tarballs, { recursive: true });
    mkdirSync(cache.builds, { recursive: true });
    removeTemporaryFolder(makeTemporaryFolder(cache.temporary));
    return cache;
  } catch (error) {
    say(`no cache: ${error.message}; set ALLOMORPH_CACHE to a folder that can be written`);
    return undefined;
  }
}

/** The folder of a finished build, or undefined; a damaged one is removed. */
export function cachedBuild(cache, key, say) {
  const entry = cache && path.join(cache.builds, key);
  if (entry === undefined || !existsSync(entry)) return undefined;
  const flaw = flawOf(entry, key);
  if (flaw === undefined) return entry;
  say(`cached build ${key} is damaged and was removed (${flaw})`);
  rmSync(entry, { recursive: true, force: true });
  return undefined;
}

/**
 * Makes `result` (artefacts and manifest) the cache's entry and returns the folder to use. The entry
 * appears by one rename, so it is whole or absent; of two builds at once, the first stays.
 */
export function publishBuild(cache, key, result, say) {
  if (cache === undefined) return result;
  const entry = path.join(cache.builds, key);
  let staging;
  try {
    staging = makeTemporaryFolder(cache.temporary);
    copyArtefacts(result, path.join(staging, key));
    return renameOrUseWinner(path.join(staging, key), entry, key) ?? result;
  } catch (error) {
    say(`build not cached: ${error.message}`);
    return result;
  } finally {
    if (staging !== undefined) removeTemporaryFolder(staging);
  }
}

function renameOrUseWinner(staged, entry, key) {
  try {
    renameSync(staged, entry);
    return entry;
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    return flawOf(entry, key) === undefined ? entry : undefined;
  }
}

function cacheFolder(env) {
  if (env.ALLOMORPH_CACHE) return path.resolve(env.ALLOMORPH_CACHE);
  // The XDG specification: a relative value is to be ignored.
  const base = path.isAbsolute(env.XDG_CACHE_HOME ?? '')
    ? env.XDG_CACHE_HOME
    : path.join(os.homedir(), '.cache');
  return path.join(base, 'allomorph');
}
