/** Ends all processes of a group at once; none left is no error. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // ESRCH: all have ended
  }
}
