#include <unistd.h>

#include "supervisor.h"

/* Of the time, at most this part goes into walks through page tables, and at most
   the other into everything else: 1/200 and 1/100. */
enum { walk_share = 200, look_share = 100 };
/* Nanoseconds that a walk takes for each KiB, until one has shown it: 25 ms a GB. */
enum { walk_cost = 25 };
/* Nanoseconds between two searches for descendants. */
static const int64_t tree_interval = 100000000;

static int look_at(pid_t pid, int walk, struct memory* memory) {
  return (walk && supervisor_walk(pid, memory)) || supervisor_resident(pid, memory);
}

/* How many of them were there. */
static int add_up(struct sampler* sampler, int walk, struct memory* total) {
  int processes = 0;
  *total = (struct memory){0, walk ? 0 : -1, walk ? 0 : -1};
  for (size_t index = 0; index < sampler->tree_size; index++) {
    struct memory memory;
    if (!look_at(sampler->tree[index], walk, &memory)) continue;
    processes++;
    total->rss += memory.rss;
    if (memory.rss > sampler->largest) {
      sampler->largest = memory.rss;
      sampler->largest_pid = sampler->tree[index];
    }
    if (memory.pss < 0 || total->pss < 0) {
      total->pss = total->anon_huge = -1; /* one that may not be looked into: no sum */
    } else {
      total->pss += memory.pss;
      total->anon_huge += memory.anon_huge;
    }
  }
  return processes;
}

/* Before the walk, not after it: one through 2 GB would take 3% of a run of a
   second. */
static int can_afford_walk(const struct sampler* sampler, int64_t now) {
  const int64_t cost = (int64_t)(sampler->walk_rate * (double)sampler->last_rss);
  return sampler->last_rss > 0 && (sampler->walked + cost) * walk_share <= now - sampler->start;
}

static void learn_from_walk(struct sampler* sampler, int64_t took, long rss) {
  sampler->walked += took;
  if (rss > 0) sampler->walk_rate = (double)took / (double)rss;
}

void supervisor_sample(struct sampler* sampler, int walk) {
  const int64_t begin = supervisor_now();
  if (begin >= sampler->tree_at || sampler->tree_size == 0) {
    sampler->tree_size = supervisor_descendants(getpid(), &sampler->tree);
    sampler->tree_at = begin + tree_interval;
  }
  if (sampler->walk_rate <= 0) sampler->walk_rate = walk_cost;
  const int walks = walk || can_afford_walk(sampler, begin);
  struct memory total;
  const int processes = add_up(sampler, walks, &total);
  if (processes > 0) {
    fprintf(sampler->report, "sample %lld %ld %ld %ld %d\n",
            (long long)(begin - sampler->start) / 1000, total.rss, total.pss, total.anon_huge,
            processes);
  }
  const int64_t end = supervisor_now(), took = end - begin;
  if (walks) learn_from_walk(sampler, took, total.rss);
  sampler->last_rss = total.rss;
  const int64_t pause = walks ? 0 : took * look_share;
  sampler->look_at = begin + (pause > sampler->interval ? pause : sampler->interval);
}
