import type { Diagnosis } from 'allomorph/doctor/diagnose';
import type { Finding } from 'allomorph/doctor/findings/finding';

/** A state of affairs that a finding is about. */
export interface Situation {
  severity: Finding['severity'];
  evidence: RegExp;
  /** A real process where one can be had; a simulated machine where the kernel decides. */
  look: () => Diagnosis | Promise<Diagnosis>;
}
