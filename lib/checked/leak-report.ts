import { writeSync } from 'node:fs';
import { show } from '../support/show.js';
import type { CheckedAllocator, CheckedBlock } from './checked-allocator.js';
import { place } from './faults.js';

/** So many places are listed. */
const mostPlaces = 50;

/** Those whose live blocks are reported when this thread ends. Strong: what is forgotten may leak too. */
const watched = new Set<CheckedAllocator>();
let isListening = false;

export function watchForLeaks(allocator: CheckedAllocator): void {
  watched.add(allocator);
  if (isListening) return;
  isListening = true;
  process.on('exit', () => {
    for (const each of watched) tell(each);
  });
}

export function unwatchForLeaks(allocator: CheckedAllocator): void {
  watched.delete(allocator);
}

/** Of an allocator that is about to give its quarantine back. */
export function reportFaults(allocator: CheckedAllocator): void {
  write(faultsOf(allocator));
}

/** Never throws: the others have to be told of, and the process keeps its status. */
function tell(allocator: CheckedAllocator): void {
  try {
    write(reportOf(allocator));
  } catch (error) {
    write(`${allocator.name}: its blocks cannot be reported: ${show(error)}\n`);
  }
}

function write(text: string): void {
  if (text === '') return;
  try {
    // The stream would be too late in a worker that ends.
    writeSync(2, text);
  } catch {
    // Nobody reads it.
  }
}

/** Faults, then live blocks by the place that allocated them; empty when all is well. */
function reportOf(allocator: CheckedAllocator): string {
  const faults = faultsOf(allocator);
  const blocks = allocator.leaks();
  if (blocks.length === 0) return faults;
  const places = [...byPlace(blocks)].sort(
    (first, second) => bytesOf(second[1]) - bytesOf(first[1]),
  );
  const lines = places
    .slice(0, mostPlaces)
    .flatMap(([where, group]) => [
      `  ${counted(group)}, allocated ${where}`,
      ...(group[0]?.allocatedAt?.split('\n') ?? group[0]?.nativeFrames ?? []).map(
        (frame) => `      ${frame}`,
      ),
    ]);
  if (places.length > mostPlaces)
    lines.push(`  and ${String(places.length - mostPlaces)} more places`);
  return `${faults}${allocator.name}: ${counted(blocks)} ${blocks.length === 1 ? 'was' : 'were'} never freed.\n${lines.join('\n')}\n`;
}

function faultsOf(allocator: CheckedAllocator): string {
  return allocator
    .verify()
    .map(({ message }) => `${allocator.name}: ${message}\n`)
    .join('');
}

function byPlace(blocks: readonly CheckedBlock[]): Map<string, CheckedBlock[]> {
  const groups = new Map<string, CheckedBlock[]>();
  for (const block of blocks) {
    const where = place(block.allocatedAt, block.nativeFrames);
    const group = groups.get(where);
    if (group === undefined) groups.set(where, [block]);
    else group.push(block);
  }
  return groups;
}

function counted(blocks: readonly CheckedBlock[]): string {
  const count = blocks.length;
  return `${String(count)} ${count === 1 ? 'block' : 'blocks'} (${String(bytesOf(blocks))} bytes)`;
}

function bytesOf(blocks: readonly CheckedBlock[]): number {
  return blocks.reduce((sum, { size }) => sum + size, 0);
}
