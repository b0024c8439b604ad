/**
 * Closes the inspector that a flag has opened: the program that takes this one's place is started
 * with the same flag, and would find the port in use.
 */
export function closeInspector(): void {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (!flags.includes('--inspect')) return;
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only when it is in use: loading it costs a millisecond
  (require('node:inspector') as typeof import('node:inspector')).close();
}
