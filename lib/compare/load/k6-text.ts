import type { LoadFigures } from '../document/run.js';
import { figures } from './figures.js';
import type { Printed } from './printed.js';
import { numberIn, secondsIn, textIn } from './text.js';

/** The summary that k6 prints at the end of a test, of versions before and after 1.0. */
export function k6Text({ text }: Printed): LoadFigures | null {
  const duration = textIn(text, /^ *http_req_duration\.*: (.*)$/m);
  return figures('k6', {
    requestsPerSecond: numberIn(text, /^ *http_reqs\.*: +\d+ +([\d.]+)\/s *$/m),
    p50Seconds: secondsIn(duration, /\bmed=(\S+)/),
    p99Seconds: secondsIn(duration, /\bp\(99\)=(\S+)/),
    // "7.10% 1858 out of 26138"; before 1.0 "0.00% ✓ 0 ✗ 180", where ✓ are the failed ones.
    errors: numberIn(text, /^ *http_req_failed\.*: +[\d.]+% +(?:✓ *)?(\d+)/m),
  });
}
