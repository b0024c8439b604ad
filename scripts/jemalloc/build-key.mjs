import { sha256 } from '../support/checksum.mjs';
import { libc } from '../support/platform.mjs';

/** Names one build: whatever can change the artefacts is in it, so equal keys are interchangeable. */
export function buildKey(flavour, { source, compiler }) {
  const facts = [
    source.version,
    source.digest,
    flavour.flags,
    flavour.target,
    flavour.variables,
    flavour.artefacts,
    compiler,
    process.platform,
    process.arch,
    libc() ?? '',
  ];
  return `jemalloc-${source.version}-${flavour.name}-${sha256(JSON.stringify(facts)).slice(0, 16)}`;
}
