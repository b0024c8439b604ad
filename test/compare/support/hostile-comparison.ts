import type { Comparison } from 'allomorph/compare/document/comparison';
import { sampleComparison } from './sample-comparison.js';

/** Closes what it may stand in, and is executed when it gets out. */
export const hostile = [
  '</script><script>document.title = "owned"</script>',
  '</style></title></pre>',
  '<img src="https://example.invalid/x.png" onerror="document.title = \'owned\'">',
  '"\' onmouseover="document.title=1" data-x=\'',
  '<!--<script>',
  '&lt;b&gt; ]]> \u202e \u2028 \0 \u001b[31mred\u001b[0m \r\n end',
].join(' ');

/** A comparison in which everything a user can decide is hostile. */
export function hostileComparison(): Comparison {
  const sample = sampleComparison({ rounds: 4, load: true });
  const rename = (name: string) => `${name} ${hostile}`;
  return {
    ...sample,
    startedAt: hostile,
    command: ['node', hostile],
    plan: { ...sample.plan, ready: hostile, load: hostile },
    environment: {
      ...sample.environment,
      allomorph: hostile,
      node: hostile,
      platform: hostile,
      kernel: hostile,
      cpu: hostile,
      libc: hostile,
      transparentHugePages: hostile,
    },
    baseline: rename(sample.baseline),
    candidates: sample.candidates.map((candidate) => ({
      ...candidate,
      name: rename(candidate.name),
      allocator: candidate.allocator === null ? null : rename(candidate.allocator),
      library: hostile,
      settings: { [hostile]: hostile },
      line: candidate.line === null ? null : hostile,
      runs: candidate.runs.map((run) => ({
        ...run,
        signal: hostile,
        load: run.load === null ? null : { ...run.load, generator: hostile, errors: 3 },
      })),
      failure:
        candidate.failure === null
          ? null
          : { ...candidate.failure, reason: hostile, signal: hostile, lastOutput: hostile },
    })),
    verdict: {
      ...sample.verdict,
      recommendation: rename('jemalloc memory'),
      sentence: hostile,
      line: hostile,
    },
  };
}
