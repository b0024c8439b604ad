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
 *   mark TIME_US                 the sample that SIGUSR1 asked for has been taken
 *   largest PID                  the process that held most in any sample
 *   ended STATUS WALL_NS USER_US SYSTEM_US MINOR_FAULTS MAJOR_FAULTS PEAK_KIB
 *   left COUNT USER_US SYSTEM_US   processes that were still there, and were ended;
 *                                what they and other orphans have used
 *
 * SIGTERM and SIGINT are passed on to the command; what it leaves behind has some
 * seconds then to end by itself. SIGUSR1: one more sample now.
 * SIGHUP ends the command and all its descendants at once; so does the death of
 * the parent.
 */
#ifndef ALLOMORPH_SUPERVISOR_H
#define ALLOMORPH_SUPERVISOR_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
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
  int64_t look_at;  /* when the next sample is due */
  int64_t tree_at;  /* when descendants are searched again */
  int64_t walked;   /* spent on page tables so far */
  double walk_rate; /* nanoseconds for each KiB that is resident */
  long last_rss;    /* KiB, in the last sample */
  pid_t* tree;
  size_t tree_size;
  long largest; /* KiB */
  pid_t largest_pid;
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

/* descendants.c: all living descendants of a process; how many, in a new array in
   the place of the old one. */
size_t supervisor_descendants(pid_t pid, pid_t** found);

/* Of processes that the command did not wait for; microseconds. */
struct orphans {
  int64_t user;
  int64_t system;
};
void supervisor_add_orphan(struct orphans* orphans, const struct rusage* used);

/* tree.c: waits for descendants that have been asked to end, asks those that have
   not heard of it, and returns when there are none, when the time is up, or when
   a signal of the set says that nobody waits any longer. */
void supervisor_let_end(const sigset_t* set, struct orphans* orphans);

/* tree.c: ends all descendants, however they came to be, and waits for them.
   Returns how many there were. */
int supervisor_end_all(struct orphans* orphans);

/* tree.c: the parent of the process of that name in /proc; 0 when it is gone. */
pid_t supervisor_parent_of(const char* pid);

#endif
