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
// this process holds both ends.
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
    const bool own_pipe = target.starts_with("pipe:") && fds.size() > 1;
    const bool event_queue = target.starts_with("anon_inode:");
    for (int fd : fds) {
      if (fd > 2 && (own_pipe || event_queue)) continue;
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

// The environment that this process was started with, which the kernel keeps:
// Node takes variables out of it when it is the child of another Node (its IPC
// channel), and so do process managers (pm2_env) before they load the program.
std::vector<std::string> initial_environment() {
  std::vector<std::string> entries = read_strings("/proc/self/environ");
  if (entries.empty()) {
    for (char** entry = environ; *entry != nullptr; entry++) entries.emplace_back(*entry);
  }
  return entries;
}

std::vector<std::string> environment(const std::vector<Variable>& changes) {
  std::vector<std::string> entries = initial_environment();
  for (const auto& [name, value] : changes) {
    std::string* present = find_entry(entries, name);
    if (value) {
      const std::string entry = name + "=" + *value;
      if (present != nullptr) {
        *present = entry;
      } else {
        entries.push_back(entry);
      }
    } else if (present != nullptr) {
      entries.erase(entries.begin() + (present - entries.data()));
    }
  }
  return entries;
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
  if (arguments.size() == replacement.command_line_length && arguments.size() >= wanted) {
    arguments.erase(arguments.begin(), arguments.end() - static_cast<std::ptrdiff_t>(wanted));
  } else {
    arguments = replacement.arguments;
  }
  std::vector<std::string> entries = environment(replacement.changes);
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
