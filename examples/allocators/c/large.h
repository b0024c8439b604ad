/* Large blocks: a mapping for each, as long as its class; freed ones are kept for reuse up to a
 * limit. */
#ifndef LARGE_H
#define LARGE_H

/* `class` is from small_classes to all_classes - 1. Null when memory is exhausted. */
void* large_take(unsigned size_class);
void large_give(unsigned size_class, void* address);

/* Around fork(). */
void large_lock(void);
void large_unlock(void);

#endif
