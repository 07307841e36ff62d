/* The floor of a restart: what a program needs that does nothing but wait for a child and start it again.
   Usage: respawn COMMAND; ends by SIGTERM. */
#include <spawn.h>
#include <stddef.h>
#include <sys/wait.h>

extern char **environ;

int main(int count, char **words) {
    if (count < 2) return 2;
    for (;;) {
        pid_t child;
        if (posix_spawn(&child, words[1], NULL, NULL, words + 1, environ)) return 1;
        waitpid(child, NULL, 0);
    }
}
