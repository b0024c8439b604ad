import path from 'node:path';
import { compilerVersion } from '../support/compiler.mjs';
import { freshLog } from '../support/log.mjs';
import {
  makeSystemTemporaryFolder,
  makeTemporaryFolder,
  removeTemporaryFolder,
} from '../support/temporary.mjs';
import { buildFlavours } from './build-all.mjs';
import { buildKey } from './build-key.mjs';
import { cachedBuild, openCache, publishBuild } from './cache.mjs';
import { flavours } from './flavours.mjs';
import { copyArtefacts, flawOf } from './manifest.mjs';
import { releaseTarball } from './release-tarball.mjs';
import { RELEASE } from './releases.mjs';
import { unpack } from './unpack.mjs';

/**
 * Makes `layout.jemalloc/<flavour>` hold the artefacts of `source`: already there, from the cache,
 * or built. Afterwards nothing refers to the cache any more.
 */
export async function provideJemalloc(source, { env, verbose, layout, say, tick }) {
  const compiler = await compilerVersion(env);
  const jobs = flavours().map((flavour) => {
    const key = buildKey(flavour, { source, compiler });
    return {
      flavour,
      key,
      source,
      compiler,
      destination: path.join(layout.jemalloc, flavour.name),
    };
  });
  const missing = jobs.filter((job) => flawOf(job.destination, job.key) !== undefined);
  if (missing.length === 0) return say('up to date');

  const cache = openCache(env, say);
  const unbuilt = missing.filter((job) => {
    const entry = cachedBuild(cache, job.key, say);
    if (entry === undefined) return true;
    copyArtefacts(entry, job.destination);
    say(`${job.flavour.name}: taken from the cache (${job.key})`);
    return false;
  });
  if (unbuilt.length > 0) await build(unbuilt, source, { cache, env, verbose, layout, say, tick });
}

async function build(jobs, source, { cache, env, verbose, layout, say, tick }) {
  const folder = makeWorkshop(layout);
  try {
    const log = freshLog(layout, 'jemalloc-fetch');
    const tarball =
      source.kind === 'release'
        ? await releaseTarball(RELEASE, { cache, folder, say, env, verbose, log })
        : source.place;
    const copies = await unpack(
      source,
      tarball,
      jobs.map((job) => job.flavour.name),
      { folder, env, log },
    );
    const located = jobs.map((job, index) => ({ ...job, unpacked: copies[index] }));
    const logFor = (name) => freshLog(layout, `jemalloc-${name}`);
    const results = await buildFlavours(located, { folder, env, verbose, logFor, say, tick });
    for (const [index, job] of jobs.entries()) {
      copyArtefacts(publishBuild(cache, job.key, results[index], say), job.destination);
    }
  } finally {
    removeTemporaryFolder(folder);
  }
}

/** Beside the outputs, as the system's temporary folder may be mounted noexec and configure runs programs. */
function makeWorkshop(layout) {
  // jemalloc's configure refuses a folder with blanks in its path.
  return /\s/.test(layout.temporary)
    ? makeSystemTemporaryFolder()
    : makeTemporaryFolder(layout.temporary);
}
