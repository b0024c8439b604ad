// Replacing the process image by another program.

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include "platform/platform.h"

namespace allomorph::platform {
namespace {

// Node marks every descriptor it inherits close-on-exec, standard streams
// included. The new program shall have those that this one was started with,
// and not those that Node opened for itself: event queues, and pipes of which
// this process holds both ends, both nonblocking (of make's jobserver one is).
void keep_inherited_descriptors() {
  std::map<std::string, std::vector<int>> by_target;
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) {
    for (int fd : {0, 1, 2}) by_target["stdio"].push_back(fd);
  } else {
    while (const dirent* entry = readdir(folder)) {
      char target[4096];
      const ssize_t length = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
      const int fd = std::atoi(entry->d_name);
      if (length > 0 && fd != dirfd(folder)) {
        by_target[std::string(target, static_cast<size_t>(length))].push_back(fd);
      }
    }
    closedir(folder);
  }
  for (const auto& [target, fds] : by_target) {
    const bool both_ends = target.starts_with("pipe:") && fds.size() > 1;
    const bool event = target == "anon_inode:[eventfd]";
    const bool queue = target == "anon_inode:[eventpoll]" || target == "anon_inode:[io_uring]";
    const bool nonblocking =
        std::ranges::all_of(fds, [](int fd) { return (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0; });
    for (int fd : fds) {
      if (fd > 2 && (queue || ((both_ends || event) && nonblocking))) continue;
      fcntl(fd, F_SETFD, fcntl(fd, F_GETFD) & ~FD_CLOEXEC);
    }
  }
}

// The strings of a file of /proc that separates them by NUL.
std::vector<std::string> read_strings(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::vector<std::string> strings;
  for (size_t start = 0; start < text.size();) {
    // The last one is not always ended: a process may write over its own.
    const size_t end = std::min(text.find('\0', start), text.size());
    strings.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return strings;
}

bool is_entry(std::string_view entry, std::string_view name) {
  return entry.size() > name.size() && entry.starts_with(name) && entry[name.size()] == '=';
}

std::string* find_entry(std::vector<std::string>& entries, std::string_view name) {
  for (std::string& entry : entries) {
    if (is_entry(entry, name)) return &entry;
  }
  return nullptr;
}

std::vector<std::string> present_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; entry++) entries.emplace_back(*entry);
  return entries;
}

// What Node takes out of its environment when it is the child of another Node;
// the program that takes its place needs its IPC channel.
void restore_node_variables(std::vector<std::string>& entries,
                            const std::vector<std::string>& initial) {
  for (const std::string& entry : initial) {
    for (const char* name :
         {"NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE", "NODE_UNIQUE_ID"}) {
      if (is_entry(entry, name) && find_entry(entries, name) == nullptr) entries.push_back(entry);
    }
  }
}

// For the same program, what it was started with, which the kernel keeps: others
// have changed it since (pm2 takes pm2_env out before it loads the program). For
// another one, what there is now: a guard in this process has cleaned it.
std::vector<std::string> base_environment(bool same_program) {
  const std::vector<std::string> initial = read_strings("/proc/self/environ");
  if (same_program && !initial.empty()) return initial;
  std::vector<std::string> entries = present_environment();
  restore_node_variables(entries, initial);
  return entries;
}

// The text joined with what the user has, byte for byte.
std::string joined(const Change& change, const std::string& theirs) {
  switch (change.place) {
    case Change::Place::behind:
      return theirs + change.separator + change.text;
    case Change::Place::before:
      // Allocators complain of a separator with nothing behind it.
      return theirs.empty() ? change.text : change.text + change.separator + theirs;
    case Change::Place::if_absent:
    case Change::Place::last:
      break;
  }
  return theirs;
}

std::vector<std::string> environment(const std::vector<Change>& changes, bool same_program) {
  std::vector<std::string> entries = base_environment(same_program);
  for (const Change& change : changes) {
    if (change.place == Change::Place::last) {
      std::erase_if(entries,
                    [&change](const std::string& entry) { return is_entry(entry, change.name); });
    }
    std::string* present = find_entry(entries, change.name);
    if (present == nullptr) {
      entries.push_back(change.name + "=" + change.text);
    } else {
      const std::string theirs = present->substr(change.name.size() + 1);
      *present = change.name + "=" + joined(change, theirs);
    }
  }
  return entries;
}

// Whether the words are what Node was started with, and not a title that was
// written over them and filled up with NUL.
bool is_command_line(const std::vector<std::string>& words, const Replacement& replacement) {
  const size_t length = replacement.command_line_length;
  // Node counts a "--" between its options and the program's among neither.
  const bool separated = std::ranges::find(words, "--") != words.end();
  if (words.size() != length && !(separated && words.size() == length + 1)) return false;
  const std::vector<std::string>& wanted = replacement.arguments;
  if (wanted.empty() || words.size() < wanted.size()) return false;
  return !replacement.same_program || words.front() == wanted.front();
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

int replace_process(const Replacement& replacement) {
  std::vector<std::string> arguments = read_strings("/proc/self/cmdline");
  const size_t wanted = replacement.arguments.size();
  if (!is_command_line(arguments, replacement)) {
    arguments = replacement.arguments;
  } else if (!replacement.same_program) {
    arguments.erase(arguments.begin(), arguments.end() - static_cast<std::ptrdiff_t>(wanted));
  }
  std::vector<std::string> entries = environment(replacement.changes, replacement.same_program);
  keep_inherited_descriptors();
  std::signal(SIGPIPE, SIG_DFL);
  std::signal(SIGXFSZ, SIG_DFL);
  execve(replacement.file.c_str(), pointers(arguments).data(), pointers(entries).data());
  const int failure = errno;
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return failure;
}

}  // namespace allomorph::platform
