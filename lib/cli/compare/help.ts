export const compareHelp = `Usage: allomorph compare [OPTIONS] -- COMMAND…

Runs COMMAND on what this machine has now, on the C library, on jemalloc with each
preset and on what else is installed, in turns, and says which to use, what that
saves and costs, how sure that is, and how to put it in effect.

  --with A,B,…           what to compare; may be given several times. A is
                         [LABEL=]ALLOCATOR[:PRESET][+CONF]: now, or what run
                         takes: system, jemalloc, mimalloc, …, a path such as
                         ./libmy.so, BLOCK:…:SPEC; PRESET is stock, balanced, memory
                         or throughput; CONF is in the allocator's own form
  --runs N               rounds (default: as many as fit into four minutes, 4 to 10);
                         below 4 there are figures and no answer
  --timeout SECONDS      the most that one run may take (default: 600)
  --ignore-failure       an exit status other than 0 counts like any other end
  --inherit node|all|none  which children stay on the allocator (default: node)
  --json FILE            everything, for programs; - is stdout
  --html FILE            the same as one page

For a server, which does not end by itself:
  --ready REGEX|PORT     when it can take the load
  --load 'COMMAND'       the load generator; its figures are read from what it prints
  --duration SECONDS     how long it runs before it is stopped
  --idle SECONDS         how long it idles after the load, to see what it gives back

  allomorph compare -- node app.js
  allomorph compare --ready 8080 --idle 10 \\
    --load 'npx autocannon -d 10 --json http://127.0.0.1:8080/' -- node server.js

Exit status: 0 with an answer, 1 without, 130 after Ctrl-C; 125 when allomorph itself
failed, 126 when the command cannot be executed, 127 when it is not found.
`;
