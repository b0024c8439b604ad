import type { CandidateResult } from '../document/index.js';
import { wrap } from '../../doctor/layout.js';
import { shortened } from '../../support/shortened.js';
import { harmless, harmlessLine } from './harmless.js';
import type { Paint } from './paint.js';

const indent = 4;
const mostLines = 10;

/** For each candidate that failed: when, why, and the end of what it wrote. */
export function failureLines(
  candidates: readonly CandidateResult[],
  width: number,
  paint: Paint,
): string[] {
  return candidates.flatMap(({ name, failure }) => {
    if (failure === null) return [];
    const when = failure.round === 0 ? 'in the warm-up' : `in round ${String(failure.round)}`;
    const text = harmlessLine(`${name} failed ${when}: ${failure.reason}`);
    return [
      ...wrap(text, indent, width).map(paint.worse),
      ...outputLines(failure.lastOutput, width),
    ];
  });
}

function outputLines(output: string, width: number): string[] {
  const lines = harmless(output)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return lines
    .slice(-mostLines)
    .map((line) => `${' '.repeat(indent)}${shortened(line, width - indent)}`);
}
