/**
 * Installs what the tests of this folder need, once: the packages of manifest/ into out/packages,
 * and for root, where there is apt-get, Chromium and the allocators to compare with. With the argument
 * `needed` only the latter.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const here = import.meta.dirname;
const root = path.resolve(here, '..', '..');
const target = path.join(root, 'out', 'packages');
const manifest = ['package.json', 'package-lock.json'];

run(process.execPath, [path.join(root, 'scripts', 'install-test-packages.mjs')]);
installChromium();
if (process.argv[2] !== 'needed') installPackages();

function installChromium() {
  const { status } = spawnSync('which', ['chromium']);
  if (status === 0) return;
  if (process.getuid() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) {
    console.log('Chromium is missing; to have it: apt-get install chromium');
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Another apt-get may be at work on a shared machine.
  const apt = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  run('apt-get', [...apt, 'update'], { env });
  run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', 'chromium'], { env });
}

function installPackages() {
  const stamp = path.join(target, 'installed');
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of manifest)
    copyFileSync(path.join(here, 'manifest', file), path.join(target, file));
  // No package's scripts: the one that is needed runs below, alike under every version of npm.
  run('npm', ['ci', '--ignore-scripts'], { cwd: target });
  compile(path.join(target, 'node_modules', 'better-sqlite3'));
  writeFileSync(stamp, wanted);
}

/** Of all that decides what is installed; compiled packages depend on Node's ABI. */
function fingerprint() {
  const hash = createHash('sha256');
  for (const file of manifest) hash.update(readFileSync(path.join(here, 'manifest', file)));
  return hash
    .update([process.platform, process.arch, process.versions.modules].join())
    .digest('hex');
}

/** Its prebuilt binaries lie outside the npm registry; so do Node's headers, unless Node has them. */
function compile(folder) {
  const prefix = path.resolve(process.execPath, '..', '..');
  const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
  const headers = hasHeaders(prefix) ? [`--nodedir=${prefix}`] : [];
  run(process.execPath, [nodeGyp, 'rebuild', '--release', ...headers], { cwd: folder });
}

/** Whether the folder holds the headers of exactly this Node. */
function hasHeaders(prefix) {
  const file = path.join(prefix, 'include', 'node', 'node_version.h');
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  const number = (name) => new RegExp(`#define NODE_${name}_VERSION (\\d+)`).exec(text)?.[1];
  return ['MAJOR', 'MINOR', 'PATCH'].map(number).join('.') === process.versions.node;
}

function run(command, args, options) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status === 0) return;
  throw error ?? new Error(`${command} ${args.join(' ')} ended with status ${status}`);
}
