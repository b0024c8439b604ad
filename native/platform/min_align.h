/*
 * The alignment that every block of a malloc has, whatever its size is (ABI.md's table; Rust's
 * MIN_ALIGN). An alignment up to this needs no aligned call, provided that it is not larger than
 * the size either.
 */
#ifndef ALLOMORPH_PLATFORM_MIN_ALIGN_H
#define ALLOMORPH_PLATFORM_MIN_ALIGN_H

#if defined(__x86_64__) || defined(_M_X64) || defined(__aarch64__) || defined(_M_ARM64) ||      \
    (defined(__riscv) && __riscv_xlen == 64) || defined(__s390x__) || defined(__loongarch64) || \
    (defined(__powerpc64__) && defined(__LITTLE_ENDIAN__))
#define ALLOMORPH_MIN_ALIGN 16
#else
#define ALLOMORPH_MIN_ALIGN 8
#endif

#endif
