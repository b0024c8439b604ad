export const help = `Usage: allomorph COMMAND

  run [--allocator jemalloc|system] -- COMMAND…
        starts COMMAND with the whole process on the allocator (default: jemalloc,
        preset "balanced"), verified inside the new process before it runs

  --version, --help

Exit status: the command's own; 125 when allomorph itself failed, 126 when the
command cannot be executed, 127 when it is not found.
`;
