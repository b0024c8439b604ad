import type { Rule } from './finding.js';

export const limitedView: Rule = ({ denied, process: { pid } }) =>
  denied.length === 0
    ? []
    : [
        {
          id: 'limited-view',
          severity: 'info',
          title: 'Not everything could be read',
          reason:
            'The kernel shows the maps and environment of a process to its owner and to root; of a ' +
            'program with raised privileges to root only.',
          fix:
            `Run as its owner or as root: sudo npx allomorph doctor --pid ${String(pid)}. ` +
            'In a container root needs CAP_SYS_PTRACE for that.',
          evidence: `no permission: ${denied.slice(0, 5).join(', ')}${denied.length > 5 ? '…' : ''}`,
        },
      ];

export const scanCapped: Rule = ({ scan: { capped, folder } }) =>
  capped === null
    ? []
    : [
        {
          id: 'addon-scan-capped',
          severity: 'info',
          title: 'Not all addons were looked at',
          reason: 'The search below a folder is bounded, so that doctor always ends soon.',
          fix: 'Start it in the folder of the program.',
          evidence: `stopped after ${capped} below ${folder ?? ''}`,
        },
      ];

export const addonUnavailable: Rule = ({ addonError }) =>
  addonError === null
    ? []
    : [
        {
          id: 'addon-unavailable',
          severity: 'error',
          title: 'The compiled addon of allomorph cannot be loaded',
          reason: 'Nothing of the package but this command works without it.',
          fix: 'See the message. After a change of Node, machine or C library: npm run build.',
          evidence: addonError,
        },
      ];
