import { BuildFailure } from './failure.mjs';
import { run } from './run.mjs';

/** The C compiler as words, because CC may be `ccache gcc`. */
export function compilerCommand(env) {
  const words = (env.CC ?? '').trim().split(/\s+/).filter(Boolean);
  return words.length === 0 ? ['cc'] : words;
}

/** First line of `cc --version`: part of the build cache's key and of build.json. */
export async function compilerVersion(env) {
  const [command, ...args] = compilerCommand(env);
  try {
    return (await run(command, [...args, '--version'], { timeout: 20_000 })).split('\n')[0];
  } catch (error) {
    throw new BuildFailure(
      `no C compiler: ${[command, ...args].join(' ')} --version did not answer (${error.message})`,
      {
        fix: 'install a C compiler (Debian, Ubuntu: apt-get install build-essential), or name one in CC',
      },
    );
  }
}
