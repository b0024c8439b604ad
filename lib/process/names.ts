/**
 * Names that the launcher and the process it has started both know. Apart from everything else:
 * the started process shall not load the launcher to look for them.
 */

/** The operator's variables for the whole process. */
export const allocatorVariable = 'ALLOMORPH_PROCESS_ALLOCATOR';
export const presetVariable = 'ALLOMORPH_PRESET';

/** The variable that carries the plan to the guard; native/preload/guard/guard.h. */
export const guardVariable = 'ALLOMORPH_GUARD';
/** In the plan, in the place of a library: the process keeps the malloc it has. */
export const anyLibrary = 'any';
/** Names the file that guards report to; native/preload/guard/report.c. */
export const reportVariable = 'ALLOMORPH_REPORT';
/** What the interposer runs on; native/preload/malloc/interposer.h. */
export const specVariable = 'ALLOMORPH_MALLOC';
export const recordEnd = '\x1e';
