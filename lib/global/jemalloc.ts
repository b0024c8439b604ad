/** `import 'allomorph/global/jemalloc'`: jemalloc as the global backend. */
import { jemalloc } from '../index.js';
import { chooseByImport } from './choose.js';

chooseByImport(jemalloc, 'allomorph/global/jemalloc', module.parent?.filename);
