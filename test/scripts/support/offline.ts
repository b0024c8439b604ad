import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Variables under which neither apt nor fetch can reach anything, whatever this machine has. */
export function offline(folder: string): NodeJS.ProcessEnv {
  const parts = path.join(folder, 'apt-parts');
  const config = path.join(folder, 'apt.conf');
  mkdirSync(parts, { recursive: true });
  writeFileSync(config, `Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "${parts}";\n`);
  const noFetch = 'globalThis.fetch=async()=>{throw/**/new/**/Error("offline")}';
  return {
    APT_CONFIG: config,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(noFetch)}`,
  };
}
