#ifndef FORK_H
#define FORK_H

/*
 * Registers what makes fork() safe: the forking thread holds every lock while the process is
 * copied, so that the child finds no lock taken and no list half changed. What the other threads
 * had cached is lost to the child.
 */
void fork_prepare(void);

#endif
