import { nearest } from '../../support/nearest.js';
import { ConfError } from '../failure.js';
import { confPairs } from './jemalloc-conf.js';
import { jemallocOptions } from './jemalloc-options.js';
import { wrongForOwnJemalloc } from './own-jemalloc.js';

/** What `--conf` is for. */
interface Configured {
  readonly kind: string;
  /** Whether it is the jemalloc of this package. */
  readonly isOwn: boolean;
}

/**
 * Refuses what our own jemalloc would ignore with a line on stderr that nobody connects with `--conf`. Another one may be
 * of a release that has more: see {@link doubtfulConf}.
 * @throws LaunchError
 */
export function checkConf({ kind, isOwn }: Configured, conf: string): void {
  if (kind !== 'jemalloc' || !isOwn) return;
  const wrong = wrongForOwnJemalloc(conf);
  if (wrong !== undefined) throw new ConfError(wrong);
}

/** Entries for a jemalloc of somebody else's that no release we know has; a sentence each. */
export function doubtfulConf({ kind, isOwn }: Configured, conf: string): string[] {
  if (kind !== 'jemalloc' || isOwn) return [];
  return confPairs(conf).flatMap(({ text, key }) => {
    if (key === null || jemallocOptions().has(key)) return [];
    const meant = nearest(key, jemallocOptions());
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    return [`--conf has "${text}"; no jemalloc that allomorph knows has such an option.${hint}`];
  });
}
