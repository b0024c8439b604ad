import { BuildFailure } from '../support/failure.mjs';

/**
 * What ALLOMORPH_JEMALLOC asks for: `on` must be built, `off` must not, `auto` (unset) is built when
 * a source answers. Outside CI that is the difference between `on` and unset.
 */
export function jemallocSetting(env) {
  const value = env.ALLOMORPH_JEMALLOC;
  if (value === undefined || value === '') return 'auto';
  if (value === 'on' || value === 'off') return value;
  throw new BuildFailure(`ALLOMORPH_JEMALLOC=${value} is not a valid value`, {
    fix: 'valid values are: on, off, or leave it unset',
  });
}
