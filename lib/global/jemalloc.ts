/** `import 'allomorph/global/jemalloc'`: jemalloc as the global backend. */
import { jemalloc } from '../index.js';
import { chooseByImport } from './choose.js';

// Deprecated because ES modules have none: exactly what it is asked for here.
// eslint-disable-next-line @typescript-eslint/no-deprecated
chooseByImport(jemalloc, 'allomorph/global/jemalloc', module.parent?.filename);
