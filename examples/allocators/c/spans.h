/*
 * Small blocks, shared by all threads. A span is an aligned piece of memory cut into slots of one
 * class; its first slots hold its description, found from a block by clearing the low bits of the
 * address. A span none of whose slots is in use goes back to the system, except one for each class.
 */
#ifndef SPANS_H
#define SPANS_H

/* A free block. */
typedef struct block {
  struct block* next;
} block;

/* Up to `wanted` blocks of the class, as a list; returns how many, 0 when memory is exhausted. */
unsigned spans_take(unsigned size_class, unsigned wanted, block** list);

/* Gives `count` blocks of the class back. */
void spans_give(unsigned size_class, block* list, unsigned count);

/* Around fork(): no thread may be inside while the process is copied. */
void spans_lock(void);
void spans_unlock(void);

#endif
