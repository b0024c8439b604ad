import { system, type Address, type AllocatorDefinition } from 'allomorph';

export const raw = system.unsafe;

/** The least that a definition must have. */
export const least = {
  name: 'd',
  allocate: (size: number, align: number): number => raw.allocate(size, align),
  deallocate: (address: Address, oldSize: number, align: number): void => {
    raw.deallocate(address, oldSize, align);
  },
} satisfies AllocatorDefinition;
