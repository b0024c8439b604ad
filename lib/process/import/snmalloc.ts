/** `import 'allomorph/process/snmalloc'`: the whole process on snmalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator('snmalloc');
