/** The command line ends with the sentence and the status of such an error. */
export { exitStatus, LaunchError as CliError } from '../process/failure.js';
