import type { ProcessFacts } from './facts.js';

/** Variables that process managers leave in the environment of what they start. */
const managers = [
  { name: 'pm2', variables: ['pm_id', 'PM2_HOME'] },
  { name: 'supervisord', variables: ['SUPERVISOR_ENABLED', 'SUPERVISOR_PROCESS_NAME'] },
] as const;

/** Who started the process, as far as its environment tells. */
export function managerOf(environment: Readonly<Record<string, string>>): ProcessFacts['manager'] {
  for (const { name, variables } of managers) {
    const variable = variables.find((candidate) => candidate in environment);
    if (variable !== undefined) {
      return { name, evidence: `${variable}=${environment[variable] ?? ''}` };
    }
  }
  return null;
}
