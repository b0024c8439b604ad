import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

export function sha256OfFile(file) {
  return sha256(readFileSync(file));
}
