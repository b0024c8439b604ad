/* Small blocks of one thread: stacks of free blocks, one for each class, used without a lock. */
#ifndef THREAD_CACHE_H
#define THREAD_CACHE_H

/* A block of the small class; null when memory is exhausted. */
void* thread_cache_take(unsigned size_class);

/* Gives a block back, whichever thread it came from. */
void thread_cache_give(unsigned size_class, void* address);

/* Around fork(). */
void thread_cache_lock(void);
void thread_cache_unlock(void);

#endif
