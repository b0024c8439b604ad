import type { Candidate } from '../candidates/candidate.js';
import type { Command } from '../command.js';
import type { Course, Phase } from './phases.js';

/** One run that is to be made. */
export interface Order {
  readonly candidate: Candidate;
  readonly command: Command;
  readonly course: Course;
  /** 0 is the warm-up. */
  readonly round: number;
  readonly position: number;
  /** Seconds that it may take. */
  readonly timeout: number;
  /** Seconds between two looks at its memory. */
  readonly sampleInterval: number;
  /** Whether an exit status other than 0 counts as an end like any other. */
  readonly ignoreFailure: boolean;
  /** Where to put files that only this run needs. */
  readonly folder: string;
  readonly onPhase: (phase: Phase) => void;
}
