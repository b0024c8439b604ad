/** A database file written, read and backed up. */
import { useDatabase } from './database.mjs';
import { report } from './report.mjs';

report(await useDatabase());
