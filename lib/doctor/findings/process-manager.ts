import type { Rule } from './finding.js';

/** Each was tried with the manager: docs/whole-process.md. */
const fixes = {
  pm2:
    "In the ecosystem file: node_args: '--import allomorph/process'. LD_PRELOAD in its env has no " +
    'effect in cluster mode.',
  supervisord:
    'In the [program:…] section: command=/…/node_modules/.bin/allomorph run -- node server.js.',
} as const;

/** Process managers start programs with an environment of their own. */
export const processManager: Rule = ({ process: { manager, guarded }, malloc }) =>
  manager === null || guarded || malloc.source === 'preload'
    ? []
    : [
        {
          id: 'process-manager',
          severity: 'info',
          title: `Started by ${manager.name}, and on the default allocator`,
          reason:
            `What you set in your shell does not reach programs that ${manager.name} starts: it has ` +
            'its own environment, that of the day its daemon was started (pm2#4375).',
          fix: fixes[manager.name],
          evidence: manager.evidence,
        },
      ];
