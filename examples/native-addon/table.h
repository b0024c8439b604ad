#ifndef TABLE_H
#define TABLE_H

#include <allomorph.h>
#include <node_api.h>

/*
 * The allocator that a BigInt of allomorph's abiTable() stands for. Null when it was found, else
 * what is wrong. A number that never was such an address cannot be told from one that was: take it
 * from the program only, never from data.
 */
const char* table_of(napi_env env, napi_value value, const allomorph_abi** table);

#endif
