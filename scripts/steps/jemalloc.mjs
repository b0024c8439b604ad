import { rmSync } from 'node:fs';
import { givenSource } from '../jemalloc/given-source.mjs';
import { NoSource } from '../jemalloc/no-source.mjs';
import { provideJemalloc } from '../jemalloc/provide.mjs';
import { RELEASE } from '../jemalloc/releases.mjs';
import { jemallocSetting } from '../jemalloc/setting.mjs';
import { isContinuousIntegration } from '../support/platform.mjs';

/** Step 1: jemalloc's libraries in out/jemalloc, or out/jemalloc absent. */
export async function jemallocStep({ env, verbose, layout, progress }) {
  const setting = jemallocSetting(env);
  const reason = reasonToLeaveOut(setting);
  if (reason !== undefined) {
    rmSync(layout.jemalloc, { recursive: true, force: true });
    return progress.say(`jemalloc: off (${reason})`);
  }
  const source = env.ALLOMORPH_JEMALLOC_SOURCE
    ? givenSource(env.ALLOMORPH_JEMALLOC_SOURCE)
    : { kind: 'release', version: RELEASE.version, digest: RELEASE.sha256 };
  const title = `jemalloc ${source.version}`;
  try {
    await provideJemalloc(source, {
      env,
      verbose,
      layout,
      say: (text) => progress.say(`${title}: ${text}`),
      tick: (text) => progress.tick(`${title}: ${text}`),
    });
  } catch (error) {
    const required = setting === 'on' || isContinuousIntegration(env);
    if (required || !(error instanceof NoSource)) throw error;
    rmSync(layout.jemalloc, { recursive: true, force: true });
    progress.say(`${title}: LEFT OUT, no source has answered (${error.reasons.join('; ')})`);
    progress.say(`to have it: ${error.fix}`);
  }
}

function reasonToLeaveOut(setting) {
  if (setting === 'off') return 'ALLOMORPH_JEMALLOC=off';
  if (process.platform === 'win32') return 'these scripts cannot build it on Windows yet';
  return undefined;
}
