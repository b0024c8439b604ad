import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A source folder with jemalloc's interface to the build (configure, make targets) that takes
 * `seconds` to "compile". It writes `started` beside itself when make begins, `ended` when it ends.
 */
export function stubSource(parent: string, seconds = 0): string {
  const folder = path.join(parent, 'stub-source');
  mkdirSync(path.join(folder, 'include', 'jemalloc'), { recursive: true });
  writeFileSync(path.join(folder, 'VERSION'), '9.9.9-0-gabcdef\n');
  writeFileSync(path.join(folder, 'include', 'jemalloc', 'jemalloc.h.in'), '/* stub */\n');
  writeFileSync(path.join(folder, 'configure'), configure(parent, seconds));
  chmodSync(path.join(folder, 'configure'), 0o755);
  return folder;
}

function configure(marks: string, seconds: number): string {
  return `#!/bin/sh
cp include/jemalloc/jemalloc.h.in include/jemalloc/jemalloc.h
cat > Makefile <<'END'
lib/libjemalloc_pic.a lib/libjemalloc.so.2:
	@mkdir -p lib
	@touch '${marks}/started'
	@sleep ${seconds}
	@echo '$@' > $@
	@touch '${marks}/ended'
END
`;
}
