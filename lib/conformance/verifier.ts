/**
 * Watches the trial of a library for a thread that waits for it: `node verifier.js REQUEST`. Prints the `Run` as
 * JSON. Its descriptors are not the library's, so what a library leaves behind or writes cannot hold up who waits.
 */
import { runChild } from './run-child.js';
import type { VerifierRequest } from './verifier-command.js';

const { request, limit } = JSON.parse(process.argv[2] ?? '') as VerifierRequest;

void runChild(request, limit, 'all').then((run) => {
  process.stdout.write(JSON.stringify(run));
});
