/** `import 'allomorph/process/tcmalloc'`: the whole process on tcmalloc. */
import { onAllocator } from '../re-execute.js';

onAllocator('tcmalloc');
