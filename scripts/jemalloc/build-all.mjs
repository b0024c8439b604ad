import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { copyAtomically } from '../support/files.mjs';
import { parallelism } from '../support/platform.mjs';
import { elapsed } from '../support/progress.mjs';
import { configureFlavour, makeFlavour } from './build-flavour.mjs';
import { writeManifest } from './manifest.mjs';

/**
 * Builds flavours side by side and returns a result folder (artefacts and manifest) for each.
 * Side by side because configure uses one core: two in a row would leave the others idle.
 */
export async function buildFlavours(jobs, { folder, say, tick, ...options }) {
  const failure = new AbortController();
  const objects = new Map();
  const onCompile = (name) => {
    objects.set(name, (objects.get(name) ?? 0) + 1);
    tick(`compile ${[...objects].map(([each, count]) => `${each}: ${count} objects`).join(', ')}`);
  };
  const outcomes = await Promise.allSettled(
    jobs.map(async (job) => {
      try {
        return await buildOne(job, {
          ...options,
          folder,
          say,
          onCompile,
          objects,
          signal: failure.signal,
        });
      } catch (error) {
        if (failure.signal.aborted) throw failure.signal.reason;
        // The other flavour is stopped: its output would bury the reason of this failure.
        failure.abort(error);
        throw error;
      }
    }),
  );
  if (failure.signal.aborted) throw failure.signal.reason;
  return outcomes.map((outcome) => outcome.value);
}

async function buildOne(
  { flavour, key, source, compiler, unpacked },
  { folder, logFor, say, onCompile, objects, ...options },
) {
  const name = flavour.name;
  const common = { ...options, folder: unpacked, log: logFor(name) };
  let start = performance.now();
  say(`configure ${name} ...`);
  await configureFlavour(flavour, common);
  say(`compile ${name} ... (configured in ${elapsed(start)})`);
  start = performance.now();
  await makeFlavour(flavour, { ...common, jobs: parallelism(), onCompile: () => onCompile(name) });
  say(`link ${name}: ${flavour.target} (${objects.get(name) ?? 0} objects in ${elapsed(start)})`);

  const result = path.join(folder, `${name}-result`);
  mkdirSync(result, { recursive: true });
  for (const artefact of flavour.artefacts)
    copyAtomically(path.join(unpacked, artefact), path.join(result, artefact));
  const description = {
    key,
    flavour: name,
    jemalloc: { version: source.version, flags: flavour.flags },
    compiler,
  };
  writeManifest(result, description, flavour.artefacts);
  return result;
}
