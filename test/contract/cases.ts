import assert from 'node:assert/strict';
import type { Address } from 'allomorph';
import { fill, holds } from '../support/memory.js';
import type { Door } from './doors.js';

/**
 * The contract of ABI.md, one case a rule. They use node:assert and not Jest, so that the same
 * cases also run in a child process on the global backend.
 */
export interface ContractCase {
  readonly name: string;
  readonly run: (door: Door) => void;
}

const KiB = 1024;
const MiB = 1024 * KiB;
const sizes = [
  1,
  2,
  3,
  7,
  8,
  9,
  15,
  16,
  17,
  24,
  31,
  32,
  33,
  48,
  63,
  64,
  65,
  100,
  127,
  128,
  129,
  256,
  500,
  1000,
  1024,
  1025,
  4095,
  4096,
  4097,
  8192,
  16_384,
  65_536,
  100_000,
  MiB,
  MiB + 1,
  4 * MiB,
  64 * MiB,
];
const alignments = Array.from({ length: 22 }, (_, power) => 2 ** power); // 1 B to 2 MiB
const modest = sizes.filter((size) => size <= 65_536);

function withBlock(
  { allocator }: Door,
  size: number,
  align: number,
  use: (address: Address) => { address: Address; oldSize: number } | undefined,
): void {
  const address = allocator.allocate(size, align);
  assert.notEqual(address, 0, `allocate(${size}, ${align})`);
  const last = use(address) ?? { address, oldSize: size };
  allocator.deallocate(last.address, last.oldSize, align);
}

const aligned = (address: Address, size: number, align: number) =>
  assert.equal(address % align, 0, `allocate(${size}, ${align}) gave 0x${address.toString(16)}`);

export const contractCases: readonly ContractCase[] = [
  {
    name: 'allocate: every size at every alignment is aligned, writable and distinct',
    run(door) {
      for (const align of alignments) {
        const blocks: { address: Address; size: number; seed: number }[] = [];
        for (const size of sizes) {
          const address = door.allocator.allocate(size, align);
          assert.notEqual(address, 0);
          aligned(address, size, align);
          const written = Math.min(size, MiB);
          fill(address, written, size);
          blocks.push({ address, size, seed: size });
        }
        for (const { address, size, seed } of blocks) {
          assert.ok(
            holds(address, Math.min(size, MiB), seed),
            `overlap at size ${size} align ${align}`,
          );
          door.allocator.deallocate(address, size, align);
        }
      }
    },
  },
  {
    name: 'allocate: 64 MiB can be written to the last byte',
    run(door) {
      withBlock(door, 64 * MiB, 16, (address) => {
        fill(address, 64 * MiB, 1);
        assert.ok(holds(address, 64 * MiB, 1));
        return undefined;
      });
    },
  },
  {
    name: 'allocate: an alignment larger than the size is kept (rust-lang/rust PR 46117)',
    run(door) {
      // The bug shows on the second and later block of a class only.
      for (const [size, align] of [
        [1, 16],
        [8, 16],
        [3, 8],
        [24, 32],
        [1, 4096],
        [8, 2 * MiB],
      ] as const) {
        const blocks = Array.from({ length: 50 }, () => door.allocator.allocate(size, align));
        blocks.forEach((address) => aligned(address, size, align));
        blocks.forEach((address) => door.allocator.deallocate(address, size, align));
      }
    },
  },
  {
    name: 'reallocate: over-aligned content does not shift (rust-lang/rust issue 42025)',
    run(door) {
      for (const align of [32, 64, 256, 4096, 65_536]) {
        for (const [from, to] of [
          [100, 100_000],
          [100_000, 100],
          [5000, 5001],
          [40, 200],
        ] as const) {
          withBlock(door, from, align, (address) => {
            fill(address, from, align + from);
            const moved = door.allocator.reallocate(address, from, to, align);
            assert.notEqual(moved, 0);
            aligned(moved, to, align);
            assert.ok(
              holds(moved, Math.min(from, to), align + from),
              `${from} to ${to} at ${align}`,
            );
            return { address: moved, oldSize: to };
          });
        }
      }
    },
  },
  {
    name: 'reallocate: keeps content up to min(old, new) and the alignment, growing and shrinking',
    run(door) {
      for (const align of [1, 8, 16, 64, 4096]) {
        let size = 1;
        let address = door.allocator.allocate(size, align);
        fill(address, size, 0);
        for (const [step, next] of [
          ...modest,
          2 * MiB,
          64 * MiB,
          ...[...modest].reverse(),
        ].entries()) {
          address = door.allocator.reallocate(address, size, next, align);
          assert.notEqual(address, 0);
          aligned(address, next, align);
          assert.ok(
            holds(address, Math.min(size, next, MiB), step),
            `step ${step}: ${size} to ${next}`,
          );
          size = next;
          fill(address, Math.min(size, MiB), step + 1);
        }
        door.allocator.deallocate(address, size, align);
      }
    },
  },
  {
    name: 'reallocate: content beyond the requested size, within the usable one, is kept too',
    run(door) {
      for (const size of modest) {
        const usable = door.allocator.usableSize(size, 16);
        withBlock(door, size, 16, (address) => {
          fill(address, usable, size);
          const moved = door.allocator.reallocate(address, usable, usable * 3, 16);
          assert.ok(holds(moved, usable, size), `size ${size} usable ${usable}`);
          return { address: moved, oldSize: usable * 3 };
        });
      }
    },
  },
  {
    name: 'old_size: any value from the requested to the usable size is right',
    run(door) {
      for (const align of [1, 16, 64, 4096]) {
        for (const size of modest) {
          const usable = door.allocator.usableSize(size, align);
          for (const oldSize of new Set([size, Math.floor((size + usable) / 2), usable])) {
            withBlock(door, size, align, (address) => ({ address, oldSize }));
          }
        }
      }
    },
  },
  {
    name: 'reallocate_inplace: success exactly when the result >= size; content and address stay',
    run(door) {
      for (const align of [1, 16, 64, 4096]) {
        for (const size of [...modest, 2 * MiB]) {
          for (const wanted of [1, Math.ceil(size / 2), size, size + 1, size * 2, size + 8 * MiB]) {
            withBlock(door, size, align, (address) => {
              fill(address, Math.min(size, MiB), size);
              const before = door.allocator.usableSize(size, align);
              const now = door.allocator.reallocateInplace(address, size, wanted, align);
              if (now < wanted)
                assert.equal(now, before, 'a failure reports the usable size of old_size');
              assert.ok(holds(address, Math.min(size, wanted, MiB), size));
              return { address, oldSize: now };
            });
          }
        }
      }
    },
  },
  {
    name: 'reallocate_inplace: what it reports can really be written',
    run(door) {
      let grown = 0;
      for (const size of [4096, 20_000, 65_536, 3 * MiB]) {
        withBlock(door, size, 16, (address) => {
          const now = door.allocator.reallocateInplace(address, size, size + 4096, 16);
          if (now >= size + 4096) grown += 1;
          fill(address, now, 3);
          assert.ok(holds(address, now, 3));
          return { address, oldSize: now };
        });
      }
      // libc has no such call; jemalloc does it for large classes on fresh address space.
      if (door.backend === 'system') assert.equal(grown, 0);
    },
  },
  {
    name: 'usable_size: at least the size, pure, and its own usable size',
    run({ allocator, backend }) {
      for (const align of alignments) {
        for (const size of sizes) {
          const usable = allocator.usableSize(size, align);
          assert.ok(usable >= size);
          assert.equal(allocator.usableSize(size, align), usable);
          assert.equal(allocator.usableSize(usable, align), usable);
          if (backend === 'system') assert.equal(usable, size);
        }
      }
    },
  },
  {
    name: 'usable_size: every byte of it can be written',
    run(door) {
      for (const size of modest) {
        const usable = door.allocator.usableSize(size, 16);
        const left = door.allocator.allocate(size, 16);
        const right = door.allocator.allocate(size, 16);
        fill(left, usable, 1);
        fill(right, usable, 2);
        assert.ok(holds(left, usable, 1) && holds(right, usable, 2), `size ${size}`);
        door.allocator.deallocate(left, size, 16);
        door.allocator.deallocate(right, size, 16);
      }
    },
  },
  {
    name: 'exhaustion: allocate reports it as the door does, and nothing is held',
    run(door) {
      const impossible = 2 ** 52;
      if (door.exhausted === 'zero') {
        assert.equal(door.allocator.allocate(impossible, 16), 0);
        assert.equal(door.allocator.allocate(impossible, 4096), 0);
      } else {
        for (const align of [16, 4096]) {
          assert.throws(() => door.allocator.allocate(impossible, align), {
            code: 'ERR_ALLOMORPH_OUT_OF_MEMORY',
          });
        }
      }
    },
  },
  {
    name: 'exhaustion: a failed reallocate leaves the old block intact',
    run(door) {
      for (const align of [16, 64, 4096]) {
        withBlock(door, 5000, align, (address) => {
          fill(address, 5000, align);
          const attempt = () => door.allocator.reallocate(address, 5000, 2 ** 52, align);
          if (door.exhausted === 'zero') assert.equal(attempt(), 0);
          else assert.throws(attempt, { code: 'ERR_ALLOMORPH_OUT_OF_MEMORY' });
          assert.ok(holds(address, 5000, align));
          return undefined;
        });
      }
    },
  },
];
