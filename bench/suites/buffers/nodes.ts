import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../harness/layout.js';

/** Another version of Node, as an npm package holds it; bench/README.md has the command. */
export interface OtherNode {
  readonly name: string;
  readonly file: string;
  readonly skipped?: string;
}

export function nodes(): OtherNode[] {
  return ['24', '26'].map((version) => {
    const file = path.join(root, 'out', 'nodes', 'node_modules', `node-${version}`, 'bin', 'node');
    const found = existsSync(file) ? {} : { skipped: 'not installed, see bench/README.md' };
    return { name: `Node ${version}`, file, ...found };
  });
}
