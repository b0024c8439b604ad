import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../support/run.mjs';
import { makeSystemTemporaryFolder, removeTemporaryFolder } from '../support/temporary.mjs';
import { isDistributionArchive, machineSourcePackages } from './apt-machine.mjs';

const UPDATE_TIMEOUT_MS = 180_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * Downloads the orig tarball of Debian's source package through the machine's own archives, keys
 * and proxies, with every piece of apt's state in a temporary folder. Calls `use(file)` with it.
 */
export async function withDebianTarball(release, { env, log, verbose }, use) {
  if (!hasAptGet(env)) throw new Error('no apt-get on this machine');
  const folder = makeSystemTemporaryFolder();
  try {
    const reasons = [];
    for (const [index, accepts] of [isDistributionArchive, () => true].entries()) {
      const sources = await machineSourcePackages(accepts, env);
      if (sources.length === 0) continue;
      const state = path.join(folder, String(index));
      try {
        return use(await download(release, sources, state, { env, log, verbose }));
      } catch (error) {
        reasons.push(error.message);
      }
    }
    throw new Error(reasons.at(-1) ?? 'apt has no package sources configured');
  } finally {
    removeTemporaryFolder(folder);
  }
}

async function download(release, sources, state, { env, log, verbose }) {
  const config = preparePrivateState(state, sources);
  const complaints = [];
  const apt = (args, timeout) =>
    run('apt-get', ['-q', '-c', config, ...args], {
      cwd: path.join(state, 'download'),
      env: { ...env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
      log,
      verbose,
      timeout,
      onLine: (line) => /^[EW]: /.test(line) && complaints.push(line),
    });
  // Archives without source indexes make this fail although the one that matters has answered.
  const updated = await apt(['update'], UPDATE_TIMEOUT_MS).then(
    () => undefined,
    (error) => error,
  );
  try {
    await apt(['source', '--download-only', '--only-source', 'jemalloc'], DOWNLOAD_TIMEOUT_MS);
  } catch (error) {
    // The first complaint is usually the cause (an archive not reached), the last its consequence.
    const reason =
      [...new Set([complaints.at(0), complaints.at(-1)])].join('; ') || (updated ?? error).message;
    throw new Error(`apt found no jemalloc source package (${reason}; log: ${log})`, {
      cause: error,
    });
  }
  return originalTarball(release, path.join(state, 'download'));
}

/** An apt configuration under which apt reads the machine's settings and writes only below `state`. */
function preparePrivateState(state, sources) {
  for (const folder of ['lists/partial', 'cache/archives/partial', 'log', 'parts', 'download']) {
    mkdirSync(path.join(state, folder), { recursive: true });
  }
  for (const { name, text } of sources) writeFileSync(path.join(state, 'parts', name), text);
  writeFileSync(path.join(state, 'status'), '');
  const config = path.join(state, 'apt.conf');
  writeFileSync(config, configuration(state));
  return config;
}

function configuration(state) {
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': path.join(state, 'lists'),
    'Dir::State::status': path.join(state, 'status'),
    'Dir::Cache': path.join(state, 'cache'),
    'Dir::Log': path.join(state, 'log'),
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': path.join(state, 'parts'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  };
  // Root's apt drops to the user _apt, who may not enter our folder.
  if (process.getuid() === 0) settings['APT::Sandbox::User'] = 'root';
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";`);
  // The machine's hooks (images use them to empty /var/cache/apt) work on the real state.
  const hooks = ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success'].map(
    (each) => `#clear APT::Update::${each};`,
  );
  return `${[...hooks, ...lines].join('\n')}\n`;
}

function originalTarball(release, folder) {
  const names = readdirSync(folder);
  if (names.includes(release.debianFile)) return path.join(folder, release.debianFile);
  const found = names.find((name) => name.includes('.orig.')) ?? 'no orig tarball';
  throw new Error(`this distribution carries ${found}, needed is ${release.debianFile}`);
}

function hasAptGet(env) {
  return (env.PATH ?? '')
    .split(path.delimiter)
    .some((folder) => existsSync(path.join(folder, 'apt-get')));
}
