/* A child for the benchmark of output: writes a number of megabytes to its standard output in pieces of
   a size, lines of 100 bytes, and puts the nanoseconds that this took into the file that the third word names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char piece[1 << 20];

static long long nanos(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    long long total = atoll(words[1]) * 1000000, size = atoll(words[2]), done = 0;
    if (size < 1 || size > (long long)sizeof piece) return 2;
    memset(piece, 'x', sizeof piece);
    for (size_t i = 99; i < sizeof piece; i += 100) piece[i] = '\n';
    long long start = nanos();
    while (done < total) {
        ssize_t written = write(1, piece, size);
        if (written < 0) return 9;
        done += written;
    }
    long long took = nanos() - start;
    FILE *file = fopen(words[3], "w");
    if (!file) return 9;
    fprintf(file, "%lld %lld\n", done, took);
    return fclose(file);
}
