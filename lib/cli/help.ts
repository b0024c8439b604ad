export const help = `Usage: allomorph COMMAND

  run [--allocator NAME|PATH] [--preset balanced|memory|throughput] [--conf STRING]
      [--inherit node|all|none] [--no-verify] -- COMMAND…
        starts COMMAND with the whole process on the allocator (default: jemalloc,
        preset balanced), proven inside the new process before it runs. Children
        that are Node stay on it (--inherit)

  compare [--with A,B,…] [--runs N] [--json FILE] [--html FILE] [--timeout SECONDS]
          [--ready REGEX|PORT] [--load 'COMMAND'] [--duration SECONDS] [--idle SECONDS]
          [--inherit node|all|none] [--ignore-failure] -- COMMAND…
        runs COMMAND on what this machine has now, on the C library, on jemalloc with
        each preset and on what else is installed, in turns, and says which to use,
        what that saves and costs, and how sure that is. A server is stopped after
        its load or duration; --idle shows what it gives back. FILE - is stdout
        A: [LABEL=]now|NAME|PATH[:stock|PRESET][+CONF]

  doctor [--json] [--pid N]
        what this machine and process run on, what is wrong, what to do; with --pid
        about a running process. Exit status 1 when there is a warning or an error

  allocators [--json]
        what can be used here, and how

  preload [NAME]
        prints the path of the library to preload (default: jemalloc), for
        LD_PRELOAD="$(allomorph preload)" in unit files and images

  --version, --help

Exit status: the command's own; 125 when allomorph itself failed, 126 when the
command cannot be executed, 127 when it is not found.
`;
