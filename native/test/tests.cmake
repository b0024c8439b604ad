# Included by CMakeLists.txt. A test links the layer it tests and those below it.

find_path(DOCTEST_INCLUDE_DIR doctest/doctest.h)
if(NOT DOCTEST_INCLUDE_DIR)
  message(FATAL_ERROR "doctest/doctest.h was not found; install doctest "
    "(Debian, Ubuntu: apt-get install doctest-dev)")
endif()

set(test_dir "${CMAKE_SOURCE_DIR}/native/test")

# allocator_may_return_null: exhaustion is part of the contract, and the
# sanitizers' own malloc would end the process instead. atexit_sleep_ms: by default
# ThreadSanitizer sleeps a second at each exit, and one test exits many times.
set(tsan_options "allocator_may_return_null=1:halt_on_error=1:atexit_sleep_ms=20")

# jemalloc is compiled without ThreadSanitizer, which so sees its mappings and mutexes
# but not the atomics that hand them from thread to thread. A report on an access made
# by a function of jemalloc itself is therefore no finding; one of ours still is.
if(ALLOMORPH_SANITIZE STREQUAL "thread" AND ALLOMORPH_JEMALLOC)
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS "${jemalloc_archive}")
  execute_process(
    COMMAND "${CMAKE_NM}" --defined-only --format=posix "${jemalloc_archive}"
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL "[^\n ]+ [tT] " functions "${symbols}")
  list(TRANSFORM functions REPLACE "(.*) [tT] " "race:^\\1$\n")
  string(CONCAT suppressions ${functions})
  file(WRITE "${CMAKE_BINARY_DIR}/jemalloc.supp" "${suppressions}")
  string(APPEND tsan_options ":suppressions=jemalloc.supp")
endif()

set(sanitizer_environment
  "ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1"
  "TSAN_OPTIONS=${tsan_options}"
  "UBSAN_OPTIONS=print_stacktrace=1")

# doctest's own code, compiled once.
add_library(test_main OBJECT ${test_dir}/support/main.cc)
target_include_directories(test_main SYSTEM PRIVATE ${DOCTEST_INCLUDE_DIR})
target_link_libraries(test_main PRIVATE settings)

function(add_test_program target)
  add_executable(${target})
  target_include_directories(${target} PRIVATE ${test_dir})
  target_include_directories(${target} SYSTEM PRIVATE ${DOCTEST_INCLUDE_DIR})
  target_link_libraries(${target} PRIVATE settings test_main Threads::Threads ${CMAKE_DL_LIBS})
  target_sources(${target} PRIVATE ${ARGN})
endfunction()

function(configure_test name area)
  set_tests_properties(${name} PROPERTIES
    LABELS ${area} TIMEOUT 300 ENVIRONMENT "${sanitizer_environment}")
endfunction()

# The contract is tried in one thread, where ThreadSanitizer has nothing to find, a minute long.
if(ALLOMORPH_SANITIZE STREQUAL "thread")
  set(left_out "--test-case-exclude=contract:*")
endif()

# All cases of a program in one process.
function(add_area_test area name)
  add_test(NAME ${area}.${name} COMMAND ${area}_${name} --no-intro ${left_out})
  configure_test(${area}.${name} ${area})
endfunction()

# add_layer_test(area name LINKS target... SOURCES file...): such a program of files in the area's
# folder, linked with the layer it tests and those below it.
function(add_layer_test area name)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "LINKS;SOURCES")
  list(TRANSFORM arg_SOURCES PREPEND ${test_dir}/${area}/)
  add_test_program(${area}_${name} ${arg_SOURCES})
  target_link_libraries(${area}_${name} PRIVATE ${arg_LINKS})
  add_area_test(${area} ${name})
endfunction()

# Each case of a program in a process of its own, for what is set once per
# process. The cases are read from the source, so that none can be forgotten.
function(add_process_tests area name source)
  set_property(DIRECTORY "${CMAKE_SOURCE_DIR}" APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
  file(STRINGS ${source} cases REGEX "^TEST_CASE\\(\"")
  foreach(case IN LISTS cases)
    string(REGEX REPLACE "^TEST_CASE\\(\"([^\"]*)\".*" "\\1" case "${case}")
    if(case MATCHES "[,*]")
      message(FATAL_ERROR "${source}: \"${case}\" holds a character that doctest's filter interprets")
    endif()
    set(test "${area}.${name}: ${case}")
    add_test(NAME "${test}" COMMAND ${area}_${name} --no-intro "--test-case=${case}")
    configure_test("${test}" ${area})
    # doctest succeeds when a filter matches nothing.
    set_tests_properties("${test}" PROPERTIES FAIL_REGULAR_EXPRESSION "test cases:[ ]+0 ")
  endforeach()
endfunction()

# --- abi

add_test_program(abi_layout ${test_dir}/abi/layout_test.cc ${test_dir}/abi/header_test.c)
set_source_files_properties(${test_dir}/abi/header_test.c PROPERTIES COMPILE_OPTIONS -pedantic)
set_target_properties(abi_layout PROPERTIES C_EXTENSIONS OFF)
add_area_test(abi layout)

# --- platform

add_layer_test(platform all
  LINKS platform
  SOURCES
    alignment_test.cc
    heap_test.cc
    process_test.cc)

# The process is replaced on Linux only.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  add_executable(replacer ${test_dir}/platform/replacer.cc)
  target_link_libraries(replacer PRIVATE settings platform)
  add_test_program(platform_replace ${test_dir}/platform/replace_test.cc)
  target_compile_definitions(platform_replace PRIVATE REPLACER="$<TARGET_FILE:replacer>")
  add_dependencies(platform_replace replacer)
  add_area_test(platform replace)
endif()

# --- compose: over the backends, and over an allocator of the tests

add_layer_test(compose all
  LINKS platform compose core allocators
  SOURCES
    blocks_test.cc
    contract_test.cc
    logged_test.cc
    stress_test.cc)

# --- checked: over an allocator of the tests

add_layer_test(compose checked
  LINKS platform compose core
  SOURCES
    checked_access_test.cc
    checked_chain_test.cc
    checked_sampling_test.cc
    checked_test.cc
    checked_threads_test.cc)

# --- core: without allocators/, over an allocator of the tests

add_layer_test(core all
  LINKS platform compose core
  SOURCES
    block_table_test.cc
    checked_test.cc
    contention_test.cc
    counters_test.cc
    open_backends_test.cc
    pattern_test.cc
    forget_blocks_test.cc
    spinlock_test.cc)

add_test_program(core_process ${test_dir}/core/registry_process_test.cc)
target_link_libraries(core_process PRIVATE platform compose core)
add_process_tests(core process ${test_dir}/core/registry_process_test.cc)

if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  # calloc fails when the test says so.
  add_layer_test(core exhaustion LINKS platform compose core SOURCES exhaustion_test.cc)
  target_link_options(core_exhaustion PRIVATE -Wl,--wrap=calloc)

  # Two copies of the addon without its binding, linked as the addon is.
  add_test_program(core_copies ${test_dir}/core/copies_process_test.cc)
  foreach(copy first second)
    add_library(copy_${copy} MODULE)
    target_link_libraries(copy_${copy} PRIVATE settings platform compose core allocators)
    # Without a source of its own CMake would not know the language.
    target_sources(copy_${copy} PRIVATE ${test_dir}/support/empty.cc)
    link_as_addon(copy_${copy})
    set_target_properties(copy_${copy} PROPERTIES
      LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/copies/${copy})
    add_dependencies(core_copies copy_${copy})
    string(TOUPPER ${copy} variable)
    target_compile_definitions(core_copies PRIVATE
      ${variable}_COPY="$<TARGET_FILE:copy_${copy}>")
  endforeach()
  add_process_tests(core copies ${test_dir}/core/copies_process_test.cc)
endif()

# --- allocators

add_layer_test(allocators all
  LINKS platform compose core allocators
  SOURCES
    checked_test.cc
    contract_test.cc
    jemalloc_test.cc
    malloc_family_test.cc
    shared_library_test.cc
    stress_test.cc
    system_test.cc)

# --- supervisor: a program of its own, judged by what it reports

if(TARGET allomorph-supervisor)
  # supervisor_test(name expected program...): the report goes to descriptor 3.
  function(supervisor_test name expected)
    add_test(NAME "supervisor.${name}"
      COMMAND sh -c "exec \"$@\" 3>&1 </dev/null" sh $<TARGET_FILE:allomorph-supervisor> 5000 ${ARGN})
    configure_test("supervisor.${name}" supervisor)
    set_tests_properties("supervisor.${name}" PROPERTIES PASS_REGULAR_EXPRESSION "${expected}")
  endfunction()
  supervisor_test(ended "started [0-9]+.*sample [0-9]+ [0-9]+ .*ended 1792 [0-9]+ .*left 0"
    /bin/sh -- sh -c "sleep 0.2 && exit 7")
  supervisor_test(environment "<of ours>.*ended 0 .*left 0"
    /bin/sh "NAME=of ours" -HOME -- sh -c "echo \"<$NAME$HOME>\"")
  supervisor_test(left "ended 0 .*left [12]" /bin/sh -- sh -c "sleep 100 & sleep 0.2")
  supervisor_test(failed "failed 2" /no/such/program -- program)
endif()

