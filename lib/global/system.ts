/** `import 'allomorph/global/system'`: the C library's malloc as the global backend. */
import { system } from '../index.js';
import { chooseByImport } from './choose.js';

// Deprecated because ES modules have none: exactly what it is asked for here.
// eslint-disable-next-line @typescript-eslint/no-deprecated
chooseByImport(system, 'allomorph/global/system', module.parent?.filename);
