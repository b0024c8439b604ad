import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/run.mjs';
import { deb822ToSourcePackages, oneLineToSourcePackages } from './apt-sources.mjs';

/** The machine's configured package sources as `{ name, text }` files of source-package sources. */
export async function machineSourcePackages(accepts, env) {
  const { list, parts } = await configuredPlaces(env);
  const files = [list, ...partsIn(parts)].filter((file) => existsSync(file));
  return files
    .map((file, index) => {
      const derive = file.endsWith('.sources') ? deb822ToSourcePackages : oneLineToSourcePackages;
      return {
        name: `${index}${path.extname(file)}`,
        text: derive(readFileSync(file, 'utf8'), accepts),
      };
    })
    .filter(({ text }) => text !== '');
}

/** Archives of the distribution itself: one index to fetch instead of one per third-party archive. */
export function isDistributionArchive({ suite, components }) {
  const codename = distributionCodename();
  return codename !== undefined && suite === codename && components.includes('main');
}

function distributionCodename() {
  try {
    return /^VERSION_CODENAME="?([^"\n]+)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

async function configuredPlaces(env) {
  const text = await run(
    'apt-config',
    ['shell', 'LIST', 'Dir::Etc::sourcelist/f', 'PARTS', 'Dir::Etc::sourceparts/d'],
    {
      env,
      timeout: 20_000,
    },
  );
  const value = (name, fallback) => new RegExp(`^${name}='(.*)'$`, 'm').exec(text)?.[1] ?? fallback;
  return {
    list: value('LIST', '/etc/apt/sources.list'),
    parts: value('PARTS', '/etc/apt/sources.list.d'),
  };
}

function partsIn(folder) {
  if (!existsSync(folder)) return [];
  // The names apt itself reads; it ignores sources.list.d/foo.list.disabled and so do we.
  const names = readdirSync(folder).filter((name) =>
    /^[A-Za-z0-9_.-]+\.(list|sources)$/.test(name),
  );
  return names.sort().map((name) => path.join(folder, name));
}
