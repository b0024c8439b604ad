/* Finding out what a call does wrong, and saying it. */
#ifndef ALLOMORPH_COMPOSE_CHECKED_FAULTS_H
#define ALLOMORPH_COMPOSE_CHECKED_FAULTS_H

#include "state.h"

/* Judges a claim about a block. `fault->kind` none: it is right. Result: the live block that is
   meant, also when size or alignment are wrong or it is damaged; null: none is. Damage that was
   reported is none any more. Needs the lock. */
struct block* judge(struct checked* self, uintptr_t address, size_t old_size, size_t align,
                    allomorph_fault* fault);

bool is_damage(allomorph_fault_kind kind);

void describe_block(const struct checked* self, const struct block* block,
                    allomorph_checked_block* result);

/* Counts it, and remembers or reports it, or ends the process. Without the lock. */
void deliver_fault(struct checked* self, const allomorph_fault* fault);
/* The latter two. */
void report_fault(const struct checked* self, const allomorph_fault* fault);

#endif
