/* A child for the benchmarks: as small and fast as a process can be. "version" prints the version that
   it was compiled with; any other command appends "start" to the file that BENCH_TRACE names, waits, and
   on SIGINT appends "stop" and ends. A line: event, version, pid, nanoseconds of the time of day,
   nanoseconds of the monotonic clock. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int trace = -1;

static long long nanos(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void note(const char *event) {
    long long wall = nanos(CLOCK_REALTIME), monotonic = nanos(CLOCK_MONOTONIC);
    char line[200];
    int length = snprintf(line, sizeof line, "%s %s %d %lld %lld\n", event, VERSION, getpid(), wall, monotonic);
    if (trace >= 0 && write(trace, line, length) < 0) _exit(9);
}

static void stop(int signal) {
    (void)signal;
    note("stop");
    _exit(0);
}

int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "version") == 0) {
        puts(VERSION);
        return 0;
    }
    long long wall = nanos(CLOCK_REALTIME), monotonic = nanos(CLOCK_MONOTONIC);
    const char *file = getenv("BENCH_TRACE");
    if (file) trace = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    char line[200];
    int length = snprintf(line, sizeof line, "start %s %d %lld %lld\n", VERSION, getpid(), wall, monotonic);
    if (trace >= 0 && write(trace, line, length) < 0) return 9;
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    for (;;) pause();
}
