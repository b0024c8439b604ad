/*
 * allomorph-supervisor: starts a command and measures it as time(1) does, from
 * outside and with nothing of ours in the way. A program of its own because the
 * kernel counts what a process held before its exec among its peak memory, so the
 * parent has to be small; and because looking at the command's memory from here
 * takes a twentieth of the time it takes from Node. Linux only, plain C, no
 * dependency but libc.
 *
 *   allomorph-supervisor INTERVAL_US FILE [NAME=VALUE | -NAME]... -- ARGV0 [ARGUMENT]...
 *
 * Descriptor 3 gets one line for each event; samples come with the end:
 *   started PID
 *   failed ERRNO                 the command was not started
 *   sample TIME_US RSS_KIB PSS_KIB ANON_HUGE_KIB PROCESSES
 *                                of the command and all its descendants; -1: not read
 *   ended STATUS WALL_NS USER_US SYSTEM_US MINOR_FAULTS MAJOR_FAULTS PEAK_KIB
 *   left COUNT                   processes that were still there, and were ended
 *
 * SIGTERM and SIGINT are passed on to the command. SIGUSR1: one more sample now.
 * SIGHUP ends the command and all its descendants at once; so does the death of
 * the parent.
 */
#ifndef ALLOMORPH_SUPERVISOR_H
#define ALLOMORPH_SUPERVISOR_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { report_fd = 3 };

struct command {
  int64_t interval; /* nanoseconds between two samples */
  const char* file;
  char** changes; /* of the environment; ended by "--" */
  char** arguments;
};

/* Of one process or of several; bytes / 1024. */
struct memory {
  long rss;
  long pss;       /* -1: the page tables were not read */
  long anon_huge; /* the same */
};

/* What is known of a command that is looked at. Nanoseconds of the monotonic
   clock. */
struct sampler {
  FILE* report;
  int64_t start;
  int64_t interval;
  int64_t look_at; /* when the next sample is due */
  int64_t tree_at; /* when descendants are searched again */
  int64_t walk_at; /* when page tables are read again */
  pid_t* tree;
  size_t tree_size;
};

int64_t supervisor_now(void);

/* command.c: reads the command line; 0 when it is none. */
int supervisor_read_command(struct command* command, char** argv);

/* command.c: starts it with the given signal mask. Returns its pid, or -1 with
   errno as exec left it. */
pid_t supervisor_start(const struct command* command, const sigset_t* mask);

/* sampler.c: takes a sample, page tables included when they are due or asked for. */
void supervisor_sample(struct sampler* sampler, int walk);

/* memory.c: 0 when the process is gone. */
int supervisor_resident(pid_t pid, struct memory* memory);
int supervisor_walk(pid_t pid, struct memory* memory);

/* descendants.c: all living descendants of a process; how many, in an array that
   is reallocated as needed. */
size_t supervisor_descendants(pid_t pid, pid_t** found);

/* tree.c: ends all descendants, however they came to be, and waits for them.
   Returns how many there were beside `counted`. */
int supervisor_end_all(pid_t counted);

/* tree.c: the parent of the process of that name in /proc; 0 when it is gone. */
pid_t supervisor_parent_of(const char* pid);

#endif
