/*
 * allomorph-supervisor: starts a command and measures it as time(1) does, from
 * outside and with nothing of ours in the way. A program of its own because the
 * kernel counts what a process held before its exec among its peak memory: the
 * parent has to be small. Linux only, plain C, no dependency but libc.
 *
 *   allomorph-supervisor FILE [NAME=VALUE | -NAME]... -- ARGV0 [ARGUMENT]...
 *
 * Descriptor 3 gets one line for each event:
 *   started PID
 *   failed ERRNO                 the command was not started
 *   ended STATUS WALL_NS USER_US SYSTEM_US MINOR_FAULTS MAJOR_FAULTS PEAK_KIB
 *   left COUNT                   processes that were still there, and were ended
 *
 * SIGTERM and SIGINT are passed on to the command. SIGHUP ends it and all its
 * descendants at once; so does the death of the parent.
 */
#ifndef ALLOMORPH_SUPERVISOR_H
#define ALLOMORPH_SUPERVISOR_H

#include <signal.h>
#include <sys/types.h>

enum { report_fd = 3 };

struct command {
  const char* file;
  char** changes; /* of the environment; ended by "--" */
  char** arguments;
};

/* command.c: reads the command line; 0 when it is none. */
int supervisor_read_command(struct command* command, char** argv);

/* command.c: starts it with the given signal mask. Returns its pid, or -1 with
   errno as exec left it. */
pid_t supervisor_start(const struct command* command, const sigset_t* mask);

/* tree.c: ends all descendants, however they came to be, and waits for them.
   Returns how many there were beside `counted`. */
int supervisor_end_all(pid_t counted);

#endif
