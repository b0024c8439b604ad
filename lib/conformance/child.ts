/**
 * The process in which a library is tried: `node child.js REQUEST`. It tells what it does on
 * descriptor 3, a line each, before and after each rule, so that its end tells which rule caused it.
 */
import { writeSync } from 'node:fs';
import { NativeAllocator } from '../allocators/native-allocator.js';
import { addon } from '../native/load.js';
import { loadRule } from './library-rules.js';
import { recorder } from './call-under-way.js';
import type { ChildEvent, ChildRequest } from './protocol.js';
import { passed, runSuite } from './run-suite.js';

const request = JSON.parse(process.argv[2] ?? '') as ChildRequest;
const { nonce, path, prefix, isMalloc, seed, effort, only } = request;

tell({ event: 'start', id: 'load' });
const library = addon.libraries.load(path, path, prefix, isMalloc, '');
if (library.status === 'ok') {
  tell({ event: 'end', result: passed(loadRule) });
  const record = recorder(4, nonce);
  runSuite(new NativeAllocator(library.id, path), {
    seed,
    effort,
    only,
    onStart: (id) => {
      record('');
      tell({ event: 'start', id });
    },
    onEnd: (result) => {
      tell({ event: 'end', result });
    },
    onCall: record,
  });
  tell({ event: 'done' });
} else {
  tell({ event: 'not-loaded', library });
}

function tell(event: ChildEvent): void {
  // A line of its own, whatever the library has written there.
  writeSync(3, `\n${nonce}${JSON.stringify(event)}\n`);
}
