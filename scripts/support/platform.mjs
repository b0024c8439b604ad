import os from 'node:os';

/** `glibc-2.36`, `musl` on Linux; undefined elsewhere, where there is one C library. */
export function libc() {
  if (process.platform !== 'linux') return undefined;
  const version = process.report.getReport().header.glibcVersionRuntime;
  // musl has no version function to ask; Node reports a runtime version on glibc only.
  return version === undefined ? 'musl' : `glibc-${version}`;
}

/** The folder of prebuilds/ this machine's binaries go into, e.g. `linux-x64-glibc`. */
export function prebuildName() {
  const family = libc()?.split('-')[0];
  return [process.platform, process.arch, family].filter((part) => part !== undefined).join('-');
}

export function parallelism() {
  return os.availableParallelism();
}

/** CI services set CI=true; `false`, `0` and the empty text are how people switch it off. */
export function isContinuousIntegration(env) {
  return !['', 'false', '0'].includes(env.CI ?? '');
}
