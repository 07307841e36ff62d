/* The floor of a switch: what a program needs that does nothing but signal a child, wait for it, rename a
   link and start the next one. Usage: floor OLD NEW LINK; the children note their times themselves. */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int main(int count, char **words) {
    if (count != 4) return 2;
    pid_t old, new;
    char *old_words[] = {words[1], "run", NULL}, *new_words[] = {words[2], "run", NULL};
    char next[4096];
    snprintf(next, sizeof next, "%s.next", words[3]);
    if (posix_spawn(&old, words[1], NULL, NULL, old_words, environ)) return 1;
    usleep(200000);
    unlink(next);
    if (symlink(words[2], next)) return 1;
    kill(old, SIGINT);
    waitpid(old, NULL, 0);
    if (rename(next, words[3])) return 1;
    if (posix_spawn(&new, words[2], NULL, NULL, new_words, environ)) return 1;
    usleep(200000);
    kill(new, SIGKILL);
    waitpid(new, NULL, 0);
    return 0;
}
