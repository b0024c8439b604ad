import path from 'node:path';
import type { ChildRequest } from './protocol.js';

/** The argument of verifier.js, as JSON. */
export interface VerifierRequest {
  readonly request: Omit<ChildRequest, 'nonce'>;
  /** Seconds for all rules together. */
  readonly limit: number;
}

export function verifierCommand(request: VerifierRequest): [command: string, args: string[]] {
  return [process.execPath, [path.join(__dirname, 'verifier.js'), JSON.stringify(request)]];
}
