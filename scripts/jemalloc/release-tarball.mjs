import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { sha256, sha256OfFile } from '../support/checksum.mjs';
import { writeAtomically } from '../support/files.mjs';
import { withDebianTarball } from './debian.mjs';
import { NoSource } from './no-source.mjs';
import { upstreamTarball } from './upstream.mjs';

/** The path of a verified release tarball: from the cache, or fetched into it or into `folder`. */
export async function releaseTarball(release, { cache, folder, say, ...options }) {
  const name = `jemalloc-${release.version}.tar.bz2`;
  const cached = cache && path.join(cache.tarballs, name);
  if (cached !== undefined && existsSync(cached)) {
    const actual = sha256OfFile(cached);
    if (actual === release.sha256) {
      say(`fetch (cache, checksum verified)`);
      return cached;
    }
    rmSync(cached, { force: true });
    say(
      `the cached tarball was refused and deleted: expected sha256 ${release.sha256}, actual ${actual}`,
    );
  }
  const bytes = await fetchVerified(release, { say, ...options });
  return store(bytes, [cached, path.join(folder, name)], say);
}

async function fetchVerified(release, { say, ...options }) {
  const routes = [
    [
      'debian source package',
      () => withDebianTarball(release, options, (file) => readFileSync(file)),
    ],
    ['upstream release page', () => upstreamTarball(release)],
  ];
  const reasons = [];
  for (const [name, fetchIt] of routes) {
    say(`fetch (${name}) ...`);
    try {
      const bytes = await fetchIt();
      const actual = sha256(bytes);
      if (actual === release.sha256) return bytes;
      reasons.push(`${name}: refused, expected sha256 ${release.sha256}, actual ${actual}`);
    } catch (error) {
      reasons.push(`${name}: ${error.message}`);
    }
  }
  throw new NoSource(release, reasons);
}

function store(bytes, places, say) {
  for (const place of places.filter((each) => each !== undefined)) {
    try {
      writeAtomically(place, bytes);
      return place;
    } catch (error) {
      if (place === places.at(-1)) throw error;
      say(`tarball not cached: ${error.message}`);
    }
  }
}
