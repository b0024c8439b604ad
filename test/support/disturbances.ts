import path from 'node:path';
import type { Libraries } from './allocator-libraries.js';
import { root } from './child.js';

const fixture = path.join(root, 'test', 'fixtures', 'allocators', 'allocator.c');

/** What sound functions may come with: C code that runs when the library is loaded, or unloaded. */
const sources = {
  leaves_child: 'AT_LOAD { if (fork() == 0) { sleep(30); _exit(0); } }',
  leaves_daemon: 'AT_LOAD { if (fork() == 0) { setsid(); sleep(30); _exit(0); } }',
  leaves_child_and_hangs: 'AT_LOAD { if (fork() == 0) { sleep(30); _exit(0); } for (;;) pause(); }',
  writes_to_descriptor: 'AT_LOAD { say(3, "no event"); }',
  forges_events: `AT_LOAD {
    say(3, "{\\"event\\":\\"start\\",\\"id\\":\\"model\\"}\\n{\\"event\\":\\"done\\"}\\n"); _exit(0); }`,
  floods: `AT_LOAD {
    static char text[4096]; memset(text, 'A', sizeof text);
    for (int i = 0; i < 20000; i++) if (write(2, text, sizeof text) < 0) return; }`,
  aborts_at_exit: 'AT_EXIT { abort(); }',
  fails_at_exit: 'AT_EXIT { _exit(7); }',
  hangs_at_exit: 'AT_EXIT { for (;;) pause(); }',
} as const;
export type Disturbance = keyof typeof sources;

/** A library with sound functions that disturbs the process it is loaded into. */
export function disturbing(libraries: Libraries, disturbance: Disturbance): string {
  return libraries.compile(
    disturbance,
    `#define _GNU_SOURCE
    #include "${fixture}"
    #include <stdlib.h>
    #include <string.h>
    #include <unistd.h>
    #define AT_LOAD __attribute__((constructor)) static void at_load(void)
    #define AT_EXIT __attribute__((destructor)) static void at_exit(void)
    __attribute__((unused)) static void say(int fd, const char *text) {
      if (write(fd, text, strlen(text)) < 0) return;
    }
    ${sources[disturbance]}`,
  );
}
