/* Finds memory exhausted on purpose, for tests. */
#ifndef ALLOMORPH_COMPOSE_FAILING_H
#define ALLOMORPH_COMPOSE_FAILING_H

#include <stdbool.h>

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * `after` calls of allocate and reallocate are passed on, then all of them fail (UINT64_MAX:
 * never). Besides, each fails with this probability, 0 (never) to 1: the n-th call by the n-th
 * number of the splitmix64 sequence of `seed`, so that a program of one thread fails in the same
 * places again. Null: memory is exhausted.
 */
allomorph_allocator* allomorph_failing(allomorph_allocator* behind, uint64_t after,
                                       double probability, uint64_t seed);

bool allomorph_is_failing(const allomorph_allocator* self);

/* Calls that were made to fail. */
uint64_t allomorph_failing_count(const allomorph_allocator* self);

#ifdef __cplusplus
}
#endif

#endif
