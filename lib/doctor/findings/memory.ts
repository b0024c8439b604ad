import { bytes } from '../bytes.js';
import type { Rule } from './finding.js';

/** From here on a burst may be the end. */
const nearLimit = 0.9;
/** Less than this in swap is what any long-running process has. */
const manySwapped = 64 * 2 ** 20;

export const memoryNearLimit: Rule = ({ memory: { cgroup, resident } }) => {
  if (cgroup?.limit == null || cgroup.workingSet === null) return [];
  if (cgroup.workingSet < nearLimit * cgroup.limit) return [];
  return [
    {
      id: 'memory-near-limit',
      severity: 'warning',
      title: 'Memory is close to the limit of the control group',
      reason: 'At the limit the kernel kills a process of the group (exit status 137).',
      fix:
        'Compare this process with the whole group first: other processes and tmpfs files count too. ' +
        'Then see "RSS climbs" and "RSS stays at its peak" in docs/troubleshooting.md.',
      evidence:
        `${bytes(cgroup.workingSet)} of ${bytes(cgroup.limit)} in ${cgroup.path}` +
        (resident === null ? '' : `, of which this process ${bytes(resident)}`),
    },
  ];
};

export const oomKilled: Rule = ({ memory: { cgroup } }) =>
  cgroup === null || cgroup.oomKills === 0
    ? []
    : [
        {
          id: 'oom-killed',
          severity: 'warning',
          title: 'The kernel has killed processes of this control group for lack of memory',
          reason: 'They ended by SIGKILL, without a message of their own (exit status 137).',
          fix: 'See "The process is killed" in docs/troubleshooting.md.',
          evidence: `oom_kill is ${String(cgroup.oomKills)} in ${cgroup.path}`,
        },
      ];

export const memorySwapped: Rule = ({ memory: { swapped, resident } }) =>
  swapped === null || swapped < Math.max(manySwapped, (resident ?? 0) / 10)
    ? []
    : [
        {
          id: 'memory-swapped',
          severity: 'warning',
          title: 'Part of the process is swapped out',
          reason:
            'Resident memory then looks smaller than it is, and a garbage collection reads it all back.',
          fix: 'Add the swapped part when you compare figures; lower the memory use or raise the limit.',
          evidence: `${bytes(swapped)} in swap, ${resident === null ? 'unknown' : bytes(resident)} resident`,
        },
      ];
