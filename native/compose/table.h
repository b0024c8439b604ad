/* The end of every chain: a table of five functions as an allocator. */
#ifndef ALLOMORPH_COMPOSE_TABLE_H
#define ALLOMORPH_COMPOSE_TABLE_H

#include "compose/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `table` must live as long as the result. Null: memory is exhausted. */
allomorph_allocator* allomorph_table_allocator(const allomorph_abi* table);
/* The same when it is known what the functions of the table call: `first`, which may be null. It
   has to live as long, too. */
allomorph_allocator* allomorph_table_allocator_to(const allomorph_abi* table,
                                                  allomorph_allocator* first);

#ifdef __cplusplus
}
#endif

#endif
