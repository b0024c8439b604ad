/** `import 'allomorph/process/jemalloc'`: the whole process on jemalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator('jemalloc');
